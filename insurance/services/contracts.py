"""Payers, their contracts, rules and case rates: the hospital's own terms. What invoices froze stays."""

from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction

from core.models import VersionedModel, lock_current
from insurance.models import CaseRate, Contract, ContractRule, Payer

Row = TypeVar("Row", bound=VersionedModel)


def add_payer(*, by: Any, **details: Any) -> Payer:
    return Payer.objects.create(**details)


def change_payer(*, payer: Payer, version: int, by: Any, **details: Any) -> Payer:
    """Raises core.errors.RecordChanged."""
    return _change(Payer, payer.pk, version, details)


def add_contract(*, payer: Payer, by: Any, **details: Any) -> Contract:
    return Contract.objects.create(payer=payer, **details)


def change_contract(*, contract: Contract, version: int, by: Any, **details: Any) -> Contract:
    """New terms count from now on; issued invoices keep theirs. Raises core.errors.RecordChanged."""
    return _change(Contract, contract.pk, version, details)


def add_case_rate(*, contract: Contract, by: Any, **details: Any) -> CaseRate:
    return CaseRate.objects.create(contract=contract, **details)


def change_case_rate(*, rate: CaseRate, version: int, by: Any, **details: Any) -> CaseRate:
    """Raises core.errors.RecordChanged."""
    return _change(CaseRate, rate.pk, version, details)


@transaction.atomic
def set_rule(
    *,
    contract: Contract,
    service_code: str = "",
    category: str = "",
    excluded: bool = False,
    needs_authorisation: bool = False,
    copay_rate: Decimal | None = None,
    copay_fixed: Decimal | None = None,
    by: Any,
) -> ContractRule:
    """Say what the contract does with a service or a category; said again, it replaces what was said before."""
    rule, _made = ContractRule.objects.update_or_create(
        contract=contract,
        service_code=service_code,
        category=category,
        defaults={
            "excluded": excluded,
            "needs_authorisation": needs_authorisation,
            "copay_rate": copay_rate,
            "copay_fixed": copay_fixed,
        },
    )
    return rule


def remove_rule(*, rule: ContractRule, by: Any) -> None:
    rule.delete()


@transaction.atomic
def _change(model: type[Row], pk: Any, version: int, details: dict[str, Any]) -> Row:
    stored: models.Model = lock_current(model, pk, version)
    for name, value in details.items():
        setattr(stored, name, value)
    stored.touch_version()  # type: ignore[attr-defined]
    stored.save()
    return stored  # type: ignore[return-value]
