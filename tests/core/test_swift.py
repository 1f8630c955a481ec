"""Words, addresses and components that are worked out once for all rows of a list."""

from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.template import Context, Template
from django.template.defaultfilters import date as django_date
from django.urls import NoReverseMatch, reverse, set_urlconf
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from core.links import link
from core.stencils import stencilled
from patients.models import Patient
from patients.states import Sex

ONE, OTHER = UUID(int=2**100), UUID(int=2**101)


@contextmanager
def override_urlconf(name):
    set_urlconf(name)
    try:
        yield
    finally:
        set_urlconf(None)


def show(source, **context):
    return Template(source).render(Context(context))


def test_words_are_kept_for_each_language_apart():
    row = Template('{% translate "Patient" %}|{% translate "Open" context "state" as words %}{{ words }}')
    with translation.override("en"):
        english = row.render(Context())
    with translation.override("km"):
        khmer = row.render(Context())
    with translation.override("en"):
        assert row.render(Context()) == english == "Patient|Open"
    assert khmer != english


def test_what_a_translated_sentence_brings_along_is_escaped_as_before():
    assert show('{% translate "100%" %} {% translate name %}', name="<b>") == "100% &lt;b&gt;"


def test_an_address_with_an_id_is_the_one_django_would_give():
    for patient in (ONE, OTHER):
        assert link("patients:patient-detail", patient) == reverse("patients:patient-detail", args=[patient])
        assert show("{% url 'patients:patient-detail' pk %}", pk=patient) == f"/patients/{patient}/"
    assert link("patients:patient-list") == reverse("patients:patient-list")


def test_each_url_map_has_its_own_addresses():
    assert link("patients:patient-detail", ONE)
    with override_urlconf("config.urls_console"), pytest.raises(NoReverseMatch):
        link("patients:patient-detail", ONE)


def test_a_page_that_does_not_exist_is_told_as_before():
    with pytest.raises(NoReverseMatch):
        link("patients:patient-list", ONE, OTHER)
    assert show("{% url 'patients:nothing' pk as address %}[{{ address }}]", pk=ONE) == "[]"


def test_an_argument_that_is_no_id_takes_the_long_way():
    assert show("{% url 'patients:patient-detail' pk %}", pk=str(ONE)) == f"/patients/{ONE}/"


def test_a_stencil_fills_in_what_differs_and_escapes_it():
    def button(**texts):
        return stencilled("components/post.html", (("icon", ""), ("tone", ""), ("small", False)), **texts)

    first = button(url="/a/", label="Call <Sok>", title="", csrf_token="t1", once=mark_safe("<i>"))
    second = button(url="/b/", label=mark_safe("<b>Call</b>"), title='say "now"', csrf_token=None, once="")
    for part in ('action="/a/"', "Call &lt;Sok&gt;", 'value="t1"', "<i>"):
        assert part in first
    for part in ('action="/b/"', "<b>Call</b>", 'title="say &quot;now&quot;"'):
        assert part in second
    assert "title=" not in first
    assert "csrfmiddlewaretoken" not in second
    assert "Sok" not in second


@pytest.mark.parametrize("pattern", ["Y-m-d", "Y-m-d H:i", "H:i", "c", "SHORT_DATE_FORMAT", "DATETIME_FORMAT", "D j M"])
def test_a_moment_is_written_as_django_writes_it(pattern):
    moment = datetime(2026, 3, 4, 20, 5, 6, tzinfo=UTC)
    for language in ("en", "km", "zh-hans"):
        with translation.override(language):
            local = timezone.localtime(moment)
            assert show("{{ at|date:pattern }}", at=moment, pattern=pattern) == django_date(local, pattern)
            assert show("{{ at|date }}", at=moment) == django_date(local)
    assert show('{{ at|date:"H:i" }}', at=None) == ""
    assert show('{{ at|date:"Y-m-d" }}', at=moment.date()) == "2026-03-04"


def test_words_of_a_choice_follow_the_language():
    person = Patient(sex="female")
    with translation.override("en"):
        english = person.get_sex_display()
    with translation.override("km"):
        assert person.get_sex_display() == str(Sex.FEMALE.label) != english
    assert Patient(sex="of old").get_sex_display() == "of old"
