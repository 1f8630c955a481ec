from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from core import badges, panels
from core.charts import Chart, Series
from core.money import KHR, USD, Money
from core.panels import Panel
from core.templatetags.ui import age_words, initials


def show(source, **context):
    return Template(source).render(Context(context))


def words(html):
    return " ".join(strip_tags(html).split())


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_money_has_one_form_in_every_language(language):
    with translation.override(language):
        assert words(show("{% money m %}", m=Money(Decimal("1234.50"), USD))) == "USD 1,234.50"
        assert words(show("{% money m %}", m=Money(Decimal(50000), KHR))) == "KHR 50,000"
        assert words(show('{% money a "USD" %}', a=Decimal(-3))) == "USD \u22123.00"


def test_money_that_is_unknown_is_a_dash():
    assert show('{% money a "USD" %}', a=None) == "–"


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(1988, 4, 13), "38 years"),
        (date(1988, 11, 21), "38 years"),
        (date(1988, 11, 22), "37 years"),
        (date(2024, 11, 22), "23 months"),
        (date(2026, 10, 21), "1 month"),
        (date(2026, 10, 22), "30 days"),
        (date(2026, 11, 21), "0 days"),
        (date(2027, 1, 1), "0 days"),
    ],
)
def test_age_is_told_in_the_unit_a_dose_is_chosen_by(born, expected):
    assert age_words(born, date(2026, 11, 21)) == expected


def test_an_estimated_age_says_so_and_an_unknown_one_is_a_dash():
    today = date(2026, 11, 21)
    assert show("{% age b on=t estimated=True %}", b=date(1980, 1, 1), t=today) == "about 46 years"
    assert show("{% age b %}", b=None) == "–"


def test_a_badge_speaks_by_word_icon_and_colour():
    html = show('{% badge "waiting" %}')
    assert "state-amber" in html
    assert "#hourglass" in html
    assert "Waiting" in html


def test_an_unknown_state_is_shown_by_its_own_word():
    assert words(show('{% badge "on_hold" %}')) == "On hold"


def test_a_room_may_give_a_state_its_own_look():
    badges.register("sample", {"waiting": badges.Look("blue", "flask", "In the fridge")})
    assert words(show('{% badge "waiting" "sample" %}')) == "In the fridge"
    assert words(show('{% badge "waiting" %}')) == "Waiting"


def test_what_people_typed_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    shown = show(
        "{% badge e %}{% badge 'open' label=e %}{% stat e e hint=e %}{% facts pairs %}{% timeline events %}"
        "{% empty_state e e %}{% icon 'x' label=e %}{% confirm '/x/' e text=e %}{% patient_banner banner %}",
        e=evil,
        pairs=[(evil, evil)],
        events=[{"at": None, "title": evil, "text": evil, "actor": evil}],
        banner={"name_local": evil, "allergies": [evil], "alerts": [("red", evil)]},
    )
    assert "<script>alert" not in shown


def test_a_critical_flag_is_told_in_words():
    assert words(show('{% flag "HH" %}')) == "HH Critically high"
    assert show('{% flag "?" %}') == ""


def test_an_unknown_icon_falls_back_instead_of_breaking_the_page():
    assert "#point" in show('{% icon "no-such-icon" %}')


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in show('{% icon "flask" %}')
    assert 'role="img" aria-label="Laboratory"' in show('{% icon "flask" label="Laboratory" %}')


def test_a_confirm_button_posts_with_its_key_and_asks_why():
    html = show('{% confirm "/visits/1/cancel/" "Cancel" reason=True %}', csrf_token="t0ken")
    assert 'method="post" action="/visits/1/cancel/"' in html
    assert 'name="csrfmiddlewaretoken" value="t0ken"' in html
    assert 'name="_once"' in html
    assert 'name="reason"' in html


def test_two_forms_of_a_page_carry_two_keys():
    assert show("{% once %}") != show("{% once %}")


def test_the_title_of_the_page_is_its_heading():
    page = Template(
        '{% extends "base/bare.html" %}{% block title %}Sign in{% endblock %}{% block content %}{% endblock %}'
    )
    html = page.render(Context({}))
    assert "<h1>Sign in</h1>" in html
    assert "<title>Sign in" in html


def test_a_chart_has_a_table_that_says_the_same():
    figure = Chart("Collected", ["Mon", "Tue"], [Series("USD", [Decimal("1.50"), None])])
    html = show("{% chart c %}", c=figure)
    assert "1.50" in html
    assert "Tue" in html
    assert figure.data["series"][0]["values"] == [1.5, None]


def test_a_chart_cannot_break_out_of_its_script():
    html = show("{% chart c %}", c=Chart("x", ["</script><b>"], [Series("s", [1])]))
    assert "</script><b>" not in html


@pytest.mark.parametrize(
    ("allergies", "expected"),
    [(None, "Allergies not asked yet"), ([], "No known allergies"), (["Penicillin"], "Penicillin")],
)
def test_the_banner_tells_unknown_from_none_from_some(allergies, expected):
    assert expected in show("{% patient_banner b %}", b={"name_local": "សុខ", "allergies": allergies})


def test_initials_take_latin_letters_or_the_first_sign():
    assert [initials(name) for name in ("Sok Dara", "សុខ ដារ៉ា", "Bopha", "")] == ["SD", "ស", "B", ""]


def panel_request(*codes):
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=True, may=lambda code: code in codes)
    return request


@pytest.fixture
def slot(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})
    return "ward"


def test_panels_show_what_the_reader_may_see_in_order(slot):
    panels.register(Panel(slot, "components/_required.html", order=20, permission="b:view"))
    panels.register(Panel(slot, "components/progress.html", order=10, context=lambda r, s: {"label": s, "value": 1}))
    html = Template('{% panels "ward" name %}').render(Context({"request": panel_request(), "name": "Bed 4"}))
    assert "Bed 4" in html
    assert "required-mark" not in html
    html = Template('{% panels "ward" name %}').render(Context({"request": panel_request("b:view"), "name": "Bed 4"}))
    assert html.index("Bed 4") < html.index("required-mark")


def test_a_panel_with_nothing_to_show_is_left_out(slot):
    panels.register(Panel(slot, "components/progress.html", context=lambda request, subject: None))
    assert Template('{% panels "ward" %}').render(Context({"request": panel_request()})) == ""
