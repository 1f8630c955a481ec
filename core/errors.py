"""What a service says when a rule forbids an act. Views turn it into a form error; uncaught it becomes a 409 page."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the hospital forbids this.

    ``message`` is lazy and is translated when shown, with ``params`` for its named placeholders; ``field`` names the
    form field it belongs to, ``code`` is stable for programs, ``status`` is the HTTP status of an uncaught error.
    Never put personal data into ``params``: messages reach logs.
    """

    message: str | Promise = _("This cannot be done.")
    code = "not_possible"
    field: str | None = None
    status = 409

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        field: str | None = None,
        code: str | None = None,
        **params: Any,
    ) -> None:
        self.message = message or self.message
        self.field = field or self.field
        self.code = code or self.code
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class NotPossible(DomainError):
    """The act does not fit the present state of things."""


class RecordChanged(DomainError):
    """Somebody else saved the record after this page was opened."""

    message = _("Somebody else changed this record meanwhile. Compare with the current values and save again.")
    code = "record_changed"


class CurrencyMismatch(DomainError):
    """Amounts of two currencies were added or compared without a rate."""

    message = _("The amounts are in different currencies.")
    code = "currency_mismatch"
