from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotPossible, RecordChanged


def test_a_message_is_filled_in_when_it_is_shown():
    error = NotPossible(_("This cannot be done."), field="amount", code="too_much", left=3)
    assert str(error) == "This cannot be done."
    assert (error.field, error.code, error.status) == ("amount", "too_much", 409)
    assert str(DomainError("%(left)d left", left=3)) == "3 left"


def test_a_message_speaks_the_language_of_the_moment():
    error = RecordChanged()
    with translation.override("en"):
        assert "Somebody else" in str(error)


def test_a_message_without_values_may_hold_a_percent_sign():
    assert str(DomainError("at most 100 %")) == "at most 100 %"


def test_the_class_keeps_its_own_message_and_code():
    error = RecordChanged()
    assert error.code == "record_changed"
    assert error.field is None
