from datetime import date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.apps.registry import Apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.forms import (
    DecimalInput,
    Form,
    ModelForm,
    PhoneInput,
    SearchSelect,
    SegmentedChoice,
    VersionedFormMixin,
    add_domain_error,
)
from core.models import VersionedModel
from core.options import options_response
from core.widgets import iso_date, plain_number


class Intake(Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    born = forms.DateField(label="Born", required=False)
    seen = forms.DateTimeField(label="Seen", required=False)
    weight = forms.DecimalField(label="Weight", required=False, min_value=0, widget=DecimalInput(unit="kg"))
    pieces = forms.IntegerField(label="Pieces", required=False)
    phone = forms.CharField(label="Phone", required=False, widget=PhoneInput)
    sex = forms.ChoiceField(label="Sex", required=False, choices=[("f", "Female")], widget=SegmentedChoice)


def cleaned(**typed):
    form = Intake({"name": "Dara", **typed})
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.parametrize("typed", ["2026-11-21", "21/11/2026", "21-11-2026", "២១/១១/២០២៦", "2026/11/21", "21.11.2026"])
def test_a_date_is_understood_in_both_orders_and_with_khmer_digits(typed):
    assert cleaned(born=typed)["born"] == date(2026, 11, 21)


@pytest.mark.parametrize("typed", ["31/02/2026", "2026-13-01", "21/11/26", "tomorrow", "11-2026"])
def test_a_date_that_is_none_is_refused_beside_the_field(typed):
    form = Intake({"name": "Dara", "born": typed})
    assert not form.is_valid()
    assert list(form.errors) == ["born"]


def test_a_moment_is_understood_with_khmer_digits():
    assert cleaned(seen="២១/១១/២០២៦ ១៤:៣០")["seen"].replace(tzinfo=None) == datetime(2026, 11, 21, 14, 30)  # noqa: DTZ001


@pytest.mark.parametrize(("typed", "meant"), [("12.5", "12.5"), ("១២.៥", "12.5"), ("1,250.5", "1250.5"), (" 7 ", "7")])
def test_a_number_is_understood_with_khmer_digits_and_thousands(typed, meant):
    assert cleaned(weight=typed)["weight"] == Decimal(meant)


@pytest.mark.parametrize("typed", ["1,5", "12,50", "NaN", "1e5x", "--1", "1,2345"])
def test_a_number_that_could_mean_two_things_is_refused(typed):
    assert not Intake({"name": "Dara", "weight": typed}).is_valid()


def test_plain_helpers_leave_what_they_do_not_understand():
    assert iso_date("soon") == "soon"
    assert plain_number("1,5") == "1,5"


def test_a_number_field_is_no_spinner():
    html = str(Intake()["weight"])
    assert 'type="text"' in html
    assert 'inputmode="decimal"' in html
    assert "kg" in html
    assert 'inputmode="numeric"' in str(Intake()["pieces"])


def test_help_and_error_stand_beside_the_field_and_describe_it():
    html = str(Intake({"name": ""}))
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_a_required_field_says_so_in_words():
    assert "(required)" in str(Intake())


def test_choices_side_by_side_are_one_group_with_a_legend():
    html = str(Intake({"name": "Dara", "sex": "f"}))
    assert "<legend" in html
    assert 'value="f" class="segment-input" id="id_sex_0" checked' in " ".join(html.split())


def test_a_refusal_of_a_service_stands_beside_its_field():
    form = Intake({"name": "Dara"})
    form.is_valid()
    add_domain_error(form, DomainError(_("Only %(count)s are left."), field="pieces", count=3))
    assert form.errors["pieces"] == ["Only 3 are left."]
    add_domain_error(form, DomainError(field="no_such_field"))
    assert form.non_field_errors() == ["This cannot be done."]


ROWS = {"J06.9": "Common cold", "A90": "Dengue fever", "A91": "Dengue haemorrhagic fever"}


def find(text):
    return [code for code, name in ROWS.items() if text.lower() in name.lower()]


class Diagnose(Form):
    diagnosis = forms.ChoiceField(choices=list(ROWS.items()), widget=SearchSelect("/icd/", search=find))


def test_a_chosen_row_is_taken_and_shown_by_its_words():
    form = Diagnose({"diagnosis": "A90", "diagnosis_text": "whatever"})
    assert form.is_valid()
    assert form.cleaned_data["diagnosis"] == "A90"
    assert 'value="Dengue fever"' in str(form)


def test_without_scripts_the_only_match_is_taken():
    form = Diagnose({"diagnosis": "", "diagnosis_text": "common"})
    assert form.is_valid()
    assert form.cleaned_data["diagnosis"] == "J06.9"


def test_without_scripts_several_matches_are_offered():
    form = Diagnose({"diagnosis": "", "diagnosis_text": "dengue"})
    assert not form.is_valid()
    html = str(form)
    assert '<option value="A90">' in html
    assert '<option value="A91">' in html
    assert 'value="dengue"' in html


def test_what_matches_nothing_is_refused_and_kept():
    form = Diagnose({"diagnosis": "", "diagnosis_text": "xyz"})
    assert not form.is_valid()
    assert 'value="xyz"' in str(form)


def test_options_are_escaped(rf):
    html = options_response(rf.get("/"), [("1", "<b>", "hint")]).content.decode()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


class Note(VersionedModel):
    """Stands for any record that several people edit; in a registry of its own, so that no migration is asked for."""

    text = models.CharField(max_length=50)

    class Meta:
        app_label = "core"
        apps = Apps()

    def __str__(self):
        return self.text


class NoteForm(VersionedFormMixin, ModelForm):
    class Meta:
        model = Note
        fields = ("text",)


@pytest.fixture
def saved_note():
    note = Note(text="Saved meanwhile", version=3)
    note._state.adding = False
    return note


def test_a_stale_page_is_noticed_and_keeps_what_was_typed(saved_note):
    form = NoteForm({"text": "Typed by me", "version": "2"}, instance=saved_note)
    assert not form.is_valid()
    assert "Somebody else changed this record" in form.non_field_errors()[0]
    assert form["text"].value() == "Typed by me"
    assert form["version"].value() == "3"


def test_a_stale_page_shows_what_stands_there_now(saved_note):
    form = NoteForm({"text": "Typed by me", "version": "2"}, instance=saved_note)
    form.is_valid()
    assert form.changed_meanwhile == [("Text", "Saved meanwhile")]
    assert "Saved meanwhile" in str(form)


def test_a_page_of_the_present_version_is_accepted(saved_note):
    assert NoteForm({"text": "After", "version": "3"}, instance=saved_note).is_valid()


@pytest.mark.parametrize("version", ["", "x", None])
def test_a_page_without_its_version_is_stale(saved_note, version):
    typed = {"text": "After"} if version is None else {"text": "After", "version": version}
    assert not NoteForm(typed, instance=saved_note).is_valid()


def test_a_new_record_needs_no_version():
    assert NoteForm({"text": "New"}, instance=Note()).is_valid()


def test_nothing_chosen_is_a_dash_and_languages_are_called_by_their_names(samaki):
    from accounts.forms import BranchForm, DepartmentForm

    names = {name: field.label for name, field in BranchForm().fields.items()}
    assert names["name_en"] == "Name (English)"
    assert names["name_km"] == "Name (ភាសាខ្មែរ)"
    assert names["address_zh_hans"] == "Address (简体中文)"
    html = str(DepartmentForm()["branch"]) + str(DepartmentForm()["kind"])
    assert "---------" not in html
    assert '<option value="" selected>—</option>' in html
