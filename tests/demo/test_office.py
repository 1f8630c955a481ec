"""The demo's cash office: set up through the services that the screens call, once."""

from billing.models import Concession, Deposit, Fund, Package, Promotion
from billing.queries.comparing import ledger_disagreements
from cashoffice.models import Statement, Voucher
from demo.services.office import furnish_office
from tests.factories import billing as make
from tests.factories.queueing import make_patient


def test_the_office_is_furnished_once_and_its_books_agree(samaki, cashier):
    make.rate()
    make.shift(cashier)
    make.charge("12.00")
    make_patient()
    make.price("4.00", code="LABP-CBC", category="laboratory")
    for _ in range(2):
        furnish_office()
    assert [model.objects.count() for model in (Deposit, Fund, Promotion, Package, Statement)] == [1] * 5
    assert Concession.objects.get().status == "requested"
    assert Fund.objects.get().balance == 500
    assert sorted(Voucher.objects.values_list("status", flat=True)) == ["posted", "posted", "requested", "requested"]
    assert not ledger_disagreements()
