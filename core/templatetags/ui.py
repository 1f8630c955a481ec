"""The words templates are written with; built into every template, no ``{% load %}`` needed. See docs/design.md."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.template import Context, NodeList
from django.template.loader import get_template
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy

from core import badges, icons, panels
from core.asking import asks_about_people
from core.charts import Chart
from core.paging import Page
from core.stencils import stencilled

register = template.Library()

DASH = "–"


# --- Small marks -----------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of core.icons. It is decoration unless ``label`` gives it words. ``size``: sm, lg, xl."""
    return _icon(str(name), str(label), size)


@lru_cache(maxsize=1_000)
def _icon(name: str, label: str = "", size: str = "") -> SafeString:
    address = f"{static('icons.svg')}#{icons.known(name)}"
    css = f"icon icon-{size}" if size else "icon"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, address)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, address)


@register.simple_tag
def badge(value: Any, kind: str = "", label: Any = "", tone: str = "", icon: str = "") -> SafeString:
    """A state as word, icon and colour. ``kind`` picks a room's own look; ``label`` overrides the word."""
    if value in (None, ""):
        return SafeString("")
    look = badges.look(value, kind)
    words = label or getattr(value, "label", "") or look.label
    sign = icon or look.icon
    mark = _icon(sign) if sign else ""
    return format_html('<span class="state state-{}">{}{}</span>', tone or look.tone, mark, words)


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """A hint which keys do this: ``{% kbd "g q" %}``."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((key,) for key in keys.split()))


FLAGS = {
    "N": ("grey", "", pgettext_lazy("result", "Normal")),
    "L": ("amber", "arrow-down", pgettext_lazy("result", "Low")),
    "H": ("amber", "arrow-up", pgettext_lazy("result", "High")),
    "LL": ("red", "chevrons-down", pgettext_lazy("result", "Critically low")),
    "HH": ("red", "chevrons-up", pgettext_lazy("result", "Critically high")),
    "A": ("amber", "alert-triangle", pgettext_lazy("result", "Abnormal")),
    "AA": ("red", "alert-octagon", pgettext_lazy("result", "Critically abnormal")),
}


@register.simple_tag
def flag(code: Any) -> SafeString:
    """A result's or vital sign's flag (N, L, H, LL, HH, A, AA) as sign, letter and words."""
    key = str(getattr(code, "value", code) or "").upper()
    if key not in FLAGS:
        return SafeString("")
    tone, sign, words = FLAGS[key]
    mark = _icon(sign) if sign else ""
    return format_html('<span class="state state-{}">{}{} {}</span>', tone, mark, key, words)


# --- Values ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def money(value: Any, currency: str = "", sign: bool = False) -> SafeString:
    """``USD 12.50`` or ``KHR 50,000``, the same in every language. Takes a Money, or an amount and its currency."""
    amount, code = (value.amount, value.currency) if hasattr(value, "currency") else (value, currency)
    if amount in (None, ""):
        return SafeString(DASH)
    code = str(getattr(code, "value", code))
    places = 0 if code == "KHR" else 2
    exact = Decimal(amount)
    minus = "\u2212" if exact < 0 else ("+" if sign else "")
    words = f"{escape(code)}</span> {minus}{abs(exact):,.{places}f}"
    return mark_safe(f'<span class="money"><span class="money-code">{words}</span>')  # noqa: S308  digits


@register.simple_tag
def age(birth_date: date | None, on: date | None = None, estimated: bool = False) -> str:
    """Completed years; months under two years, days under one month, as children are dosed by them."""
    if not birth_date:
        return DASH
    words = age_words(birth_date, on or timezone.localdate())
    return gettext("about %(age)s") % {"age": words} if estimated else words


def age_words(born: date, on: date) -> str:
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months >= 24:
        return ngettext("%(n)d year", "%(n)d years", months // 12) % {"n": months // 12}
    if months >= 1:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    days = max((on - born).days, 0)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


# --- Forms -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def field(bound: BoundField, width: str = "", hide_label: bool = False) -> SafeString:
    """One field with label, required mark, help and error. ``width``: full, half, third, quarter (of the row)."""
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError("{% field %} wants a bound field, as in {% field form.name %}")
    shown = {"field": bound, "width": width, "hide_label": hide_label}
    return mark_safe(get_template("components/field.html").render(shown))  # noqa: S308  rendered by a template


@register.simple_tag
def once() -> SafeString:
    """The hidden key that makes a form act once, however often it is sent (core.once)."""
    from core import once as exactly_once

    return format_html('<input type="hidden" name="{}" value="{}">', exactly_once.FIELD, exactly_once.new_key())


@register.simple_tag(takes_context=True)
def confirm(
    context: Context,
    url: str,
    label: Any,
    text: Any = "",
    tone: str = "red",
    icon: str = "",
    reason: bool = False,
    button: str = "outline",
    small: bool = False,
) -> SafeString:
    """A button that asks before it posts to ``url``; with ``reason=True`` it also asks why (field ``reason``)."""
    look = (("tone", tone), ("icon", icon), ("reason", reason), ("button", button), ("small", small))
    shown = {"url": url, "label": label, "text": text, "id": f"confirm-{uuid4().hex[:8]}"}
    return stencilled("components/confirm.html", look, **shown, **_form_keys(context))


@register.simple_tag(takes_context=True)
def post(
    context: Context, url: str, label: Any, icon: str = "", tone: str = "", small: bool = False, title: Any = ""
) -> SafeString:
    """A button that posts to ``url``: one press, acts once. ``tone``: primary, green, red; plain when empty."""
    look = (("icon", icon), ("tone", tone), ("small", small))
    return stencilled("components/post.html", look, url=url, label=label, title=title, **_form_keys(context))


def _form_keys(context: Context) -> dict[str, Any]:
    """What a form of its own needs: the token, and the hidden field that makes it act once."""
    return {"csrf_token": context.get("csrf_token"), "once": once()}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: Any, form: Any, target: str = "#rows", submit: Any = "") -> dict[str, Any]:
    """A list's filters: sent by GET, by POST where words about people are asked for (``core.asking``).

    With JavaScript the rows follow while typing.
    """
    request = context["request"]
    return {
        "form": form,
        "target": target,
        "submit": submit,
        "about_people": asks_about_people(request),
        "address": request.path,
        "csrf_token": context.get("csrf_token"),
    }


# --- Pieces of a page ------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/empty.html", name="empty_state")
def empty_state(title: Any = "", text: Any = "", icon: str = "inbox", url: str = "", label: Any = "") -> dict[str, Any]:
    """What stands where rows would be. In a ``{% for %}`` write ``empty_state``: ``empty`` is the loop's own word."""
    return {"title": title, "text": text, "icon": icon, "url": url, "label": label}


register.inclusion_tag("components/empty.html", name="empty")(empty_state)


@register.inclusion_tag("components/pager.html")
def pager(page: Page, target: str = "") -> dict[str, Any]:
    """Previous and next of ``core.paging.paginate``; with ``target`` HTMX swaps only the rows."""
    return {"page": page, "target": target}


@register.inclusion_tag("components/stat.html")
def stat(
    label: Any, value: Any, icon: str = "", tone: str = "blue", hint: Any = "", url: str = "", trend: Any = ""
) -> dict[str, Any]:
    """A figure of a dashboard; ``trend`` is a small text beside it, ``url`` makes the card a link."""
    return {"label": label, "value": value, "icon": icon, "tone": tone, "hint": hint, "url": url, "trend": trend}


@register.inclusion_tag("components/progress.html")
def progress(value: int, total: int = 100, label: Any = "", tone: str = "") -> dict[str, Any]:
    """How far something is: a native progress bar with its words."""
    return {"value": value, "total": total, "label": label, "tone": tone}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """What happened when. An event has ``at`` and ``title``; it may have text, actor, icon, tone, url."""
    return {"events": events}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[Mapping[str, Any]], label: Any = "") -> dict[str, Any]:
    """A visit's way. A step has ``label`` and ``state`` (done, current, todo, skipped); it may have at, url."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/facts.html")
def facts(items: Iterable[tuple[Any, Any]], columns: int = 1) -> dict[str, Any]:
    """Pairs of a label and a value; what is empty is shown as a dash."""
    return {"items": items, "columns": columns}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: Any = "") -> dict[str, Any]:
    """Links that look like tabs. An item has ``label``, ``url``, ``active``, and may have ``count``, ``icon``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/chart.html")
def chart(figure: Chart) -> dict[str, Any]:
    """A ``core.charts.Chart``, drawn, with its table for those who cannot see it."""
    return {"chart": figure, "id": f"chart-{uuid4().hex[:8]}"}


@register.inclusion_tag("components/patient_banner.html")
def patient_banner(banner: Mapping[str, Any]) -> dict[str, Any]:
    """Who is in front of you, on every page about a patient.

    ``banner``: name_local, name_latin, sex (a word), birth_date, age_estimated, mrn, allergies (list of words, or None
    when nobody has asked yet), and may have url, phone, tier, alerts (list of (tone, words)), visit (words).
    """
    return {"banner": banner}


@register.simple_tag(name="panels", takes_context=True)
def render_panels(context: Context, slot: str, subject: Any = None, part: str = "") -> SafeString:
    """The panels that departments registered for this slot, each with its own rights; ``part``: first, rest, or all."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    shown = []
    for panel, extra in panels.panels_for(request, slot, subject, part):
        with context.push(subject=subject, **extra):
            engine = context.template.engine  # type: ignore[union-attr]  # a tag always stands in a template
            shown.append(engine.get_template(panel.template).render(context))
    return SafeString("".join(shown))


@register.simple_tag(takes_context=True)
def echo_block(context: Context, name: str) -> SafeString:
    """The text of a block of this page once more: the title is both in the browser's tab and above the page."""
    return BlockNode(name, NodeList()).render(context)


@register.filter
def initials(person: Any) -> str:
    """One or two letters for a person's mark; a Khmer or Chinese name gives its first sign."""
    words = str(person).split()
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper() if all(letter.isascii() for letter in letters) else "".join(letters[:1])


@register.filter
def may(user: Any, permission: str) -> bool:
    """``{% if request.user|may:"patient:edit" %}``: offer only what the person may do; the view checks again."""
    return user.is_authenticated and user.may(permission)
