"""Counting what is printed: of every paper the first is the original, every later one a copy."""

from typing import Any, TypeVar

from django.db import transaction

from billing.errors_debts import InvoiceNotIssued
from billing.models import Invoice, Printing
from core.db.locks import take_turns

P = TypeVar("P", bound=Printing)


@transaction.atomic
def record_print(prints: type[P], document: Any, *, paper: str, language: str, by: Any, **edition: Any) -> P:
    """Count one printing of a document; `edition` tells which paper of it, where there are several.

    Raises InvoiceNotIssued.
    """
    if isinstance(document, Invoice) and document.is_draft:
        raise InvoiceNotIssued()
    take_turns(f"print.{document.pk}")
    which = {prints.of: document, **edition}
    copy = prints._default_manager.filter(**which).count() + 1
    return prints._default_manager.create(**which, copy=copy, paper=paper, language=language, printed_by=by)
