"""Khmer and Chinese are complete."""

from core.translations.extracting import Message, extract, from_python, from_template
from core.translations.faults import faults


def test_every_text_is_translated():
    found = faults(extract())
    assert not found, f"{len(found)} faults, e.g. {found[:10]}"


def test_texts_of_python_are_found_with_context_and_plural():
    source = 'a = _("One")\nb = pgettext("month", "May")\nc = ngettext("%(n)d day", "%(n)d days", n)\nd = _(variable)\n'
    assert list(from_python(source)) == [
        Message("One"),
        Message("May", context="month"),
        Message("%(n)d day", plural="%(n)d days"),
    ]


def test_texts_of_templates_are_found_with_context_and_plural():
    source = (
        '{% translate "May" context "month" %}\n  {% blocktranslate trimmed count n=3 %}\n one {{ n }} bed\n'
        '{% plural %}\n {{ n }} beds\n{% endblocktranslate %}{% field x label=_("It\'s here") %}{# no text #}'
    )
    assert list(from_template(source)) == [
        Message("May", context="month"),
        Message("one %(n)s bed", plural="%(n)s beds"),
        Message("It's here"),
    ]
