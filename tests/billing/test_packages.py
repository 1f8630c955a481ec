"""Packages: one price, and what is in them costs nothing when it happens."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from billing.errors import PackageBegun, PackageNotTaken
from billing.explaining import charge_in_words
from billing.models import Charge, Package, PackageCover, PackageSale, Posting, Service
from billing.queries.comparing import ledger_disagreements
from billing.services.charges import cancel_charge, sell_package
from billing.services.credits import approve_credit, request_credit
from billing.services.invoices import draft_invoice, issue_invoice, void_invoice
from billing.services.packages import return_to_package, save_package
from billing.services.payments import take_payment
from core.clock import freeze, now, today
from core.ids import new_id
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture
def services(samaki):
    make.rate()
    return make.price("10.00"), make.price("4.00", category="laboratory")


def package(services, valid_days=30, code="PKG-ANC", package=None, amount=25, parts=None):
    consultation, test = services
    return save_package(
        package=package,
        version=package.version if package else 0,
        code=code,
        names={"en": "Antenatal care"},
        amount=D(amount),
        currency="USD",
        valid_days=valid_days,
        parts={
            Service.objects.get(code=code): times for code, times in (parts or {consultation: D(2), test: D(1)}).items()
        },
        by=make.user("accountant"),
    )


def sell(made, visit=None):
    """Sold and invoiced, as a cashier does it in one go; not paid."""
    cashier = make.user("cashier")
    sale = sell_package(package=made, visit=visit or make.new_visit(), by=cashier)
    issue_invoice(invoice=draft_invoice(visit=sale.charge.visit, by=cashier), by=cashier)
    return sale


def bill(sale):
    return sale.charge.lines.get(live=True).invoice


def later(sale, code, days=1, **fields):
    with freeze(now() + timedelta(days=days)):
        visit = sale.patient.visits.filter(date=today()).first() or make.new_visit(patient=sale.patient)
        return make.charge(service_code=code, visit=visit, **fields)


def take_back(charge):
    by = make.user("doctor")
    cancel_charge(source_kind=charge.source_kind, source_id=charge.source_id, reason="not done", by=by)


def ask_credit(sale, amount, by):
    line = sale.charge.lines.get(live=True)
    return request_credit(invoice=line.invoice, amounts={line.pk: D(amount)}, reason="moves away", by=by)


@pytest.fixture
def paid(services, cashier):
    make.shift(cashier)
    sale = sell(package(services))
    take_payment(invoice=bill(sale), tenders=[usd(25)], by=cashier)
    return sale


def test_a_package_is_charged_once_and_what_it_holds_costs_nothing(services):
    sale = sell(package(services))
    assert (sale.charge.amount, sale.charge.category) == (D(25), "package")
    consultation, test = services
    amounts = [later(sale, code).amount for code in (consultation, test, consultation, consultation, test)]
    assert amounts == [0, 0, 0, D(10), D(4)]
    assert {cover.left for cover in sale.covers.all()} == {0}


def test_its_price_is_revenue_of_its_own_account_when_it_is_invoiced(services):
    sale = sell(package(services))
    posted = Posting.objects.filter(entry__invoice=bill(sale), account__key="revenue.package")
    assert [row.amount for row in posted] == [D(-25)]
    assert not ledger_disagreements()


def test_a_covered_charge_says_which_package_holds_it(services):
    sale = sell(package(services))
    told = dict(charge_in_words(later(sale, services[0])))["Package"]
    assert "PKG-ANC" in told
    assert sale.last_day.isoformat() in told


def test_it_holds_only_for_its_own_patient_and_its_own_days(services):
    sale = sell(package(services))
    assert make.charge(service_code=services[0]).amount == D(10)
    assert later(sale, services[0], days=29).amount == 0
    assert later(sale, services[0], days=30).amount == D(10)


def test_nothing_is_taken_before_the_invoice_is_issued(services, cashier):
    sale = sell_package(package=package(services), visit=make.new_visit(), by=cashier)
    assert later(sale, services[0]).amount == D(10)
    issue_invoice(invoice=draft_invoice(visit=sale.charge.visit, by=cashier), by=cashier)
    assert later(sale, services[0]).amount == 0


def test_a_general_code_in_a_package_holds_what_is_priced_by_it(services):
    make.price("8.00", code="CONS")
    make.price("30.00", code="CONS-HEART")
    sale = sell(package(services, parts={"CONS": D(2)}))
    assert later(sale, "CONS-ENT").amount == 0
    assert later(sale, "CONS-HEART").amount == D(30)


def test_an_event_is_held_whole_or_not_at_all(services):
    sale = sell(package(services))
    assert later(sale, services[0], quantity=D(3)).amount == D(30)
    assert later(sale, services[0], quantity=D(2)).amount == 0


def test_what_is_free_anyway_takes_nothing_from_a_package(services):
    free = make.price("0.00")
    sale = sell(package(services, parts={free: D(1)}))
    later(sale, free)
    assert sale.covers.get().used == 0


def test_what_ends_first_is_taken_first(services):
    long = sell(package(services, valid_days=300))
    short = sell(package(services, valid_days=20, code="PKG-B"), visit=long.charge.visit)
    later(long, services[1])
    assert [sale.covers.get(service__code=services[1]).used for sale in (short, long)] == [1, 0]


def test_an_event_that_did_not_happen_is_in_the_package_again(services):
    sale = sell(package(services))
    take_back(later(sale, services[1]))
    assert later(sale, services[1]).amount == 0


def test_what_was_invoiced_for_nothing_is_given_back_by_hand(services, cashier, accountant):
    sale = sell(package(services))
    charge = later(sale, services[1])
    issue_invoice(invoice=draft_invoice(visit=charge.visit, by=cashier), by=cashier)
    return_to_package(charge=charge, reason="the tube broke", by=accountant)
    assert sale.covers.get(service__code=services[1]).used == 0
    with pytest.raises(PackageNotTaken):
        return_to_package(charge=charge, reason="the tube broke", by=accountant)


def test_a_void_closes_a_package_unless_something_was_taken(services, accountant, cashier):
    sale = sell(package(services))
    charge = later(sale, services[1])
    with pytest.raises(PackageBegun):
        void_invoice(invoice=bill(sale), reason="changed her mind", by=accountant)
    take_back(charge)
    void_invoice(invoice=bill(sale), reason="changed her mind", by=accountant)
    assert later(sale, services[0]).amount == D(10)
    issue_invoice(invoice=draft_invoice(visit=sale.charge.visit, by=cashier), by=cashier)
    assert later(sale, services[0]).amount == 0


def test_a_credit_note_closes_a_package_for_good(paid, services, accountant, owner):
    approve_credit(note=ask_credit(paid, 25, accountant), by=owner)
    assert later(paid, services[0]).amount == D(10)


def test_a_begun_package_is_credited_in_part_only(paid, services, accountant, owner):
    later(paid, services[1])
    with pytest.raises(PackageBegun):
        ask_credit(paid, 25, accountant)
    approve_credit(note=ask_credit(paid, 20, accountant), by=owner)
    assert later(paid, services[0]).amount == D(10)
    with pytest.raises(PackageBegun):
        ask_credit(paid, 5, accountant)


def test_what_is_taken_while_a_credit_waits_stops_the_credit(paid, services, accountant, owner):
    note = ask_credit(paid, 25, accountant)
    later(paid, services[1])
    with pytest.raises(PackageBegun):
        approve_credit(note=note, by=owner)


def test_a_changed_package_leaves_sold_ones_alone(services):
    made = package(services)
    sale = sell(made)
    made.refresh_from_db()
    package(services, valid_days=1, package=made, amount=9, parts={services[1]: D(9)})
    assert later(sale, services[0], days=20).amount == 0
    assert sell(made).charge.amount == D(9)


def test_the_database_counts_and_refuses_more_than_there_is(services):
    sale = sell(package(services))
    later(sale, services[1])
    cover = sale.covers.get(service__code=services[1])
    assert cover.used == 1
    same = make.charge("0.00", visit=sale.charge.visit)
    for forbidden in (
        lambda: cover.uses.create(charge=same, quantity=D(1)),
        lambda: sale.covers.first().uses.create(charge=make.charge("0.00"), quantity=D(1)),
        lambda: sale.covers.first().uses.create(charge=make.charge(visit=same.visit), quantity=D(1)),
        lambda: PackageCover.objects.filter(pk=cover.pk).update(used=0),
        lambda: PackageSale.objects.filter(pk=sale.pk).update(is_open=False),
        lambda: cover.uses.all().delete(),
        lambda: Charge.objects.filter(pk=sale.charge_id).update(status="pending"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            forbidden()


def test_the_last_one_is_taken_once_by_six_at_a_time(committed_db, race):
    make.have_rate()
    services = make.price("10.00"), make.price("4.00", category="laboratory")
    sale = sell(package(services))
    outcome = race(lambda: make.charge(service_code=services[1], visit=sale.charge.visit), times=6)
    assert not outcome.errors, outcome.errors
    assert sorted(charge.amount for charge in outcome.results) == [0, 4, 4, 4, 4, 4]


def test_a_package_is_either_taken_from_or_credited_whole(committed_db, race):
    services = make.price("10.00"), make.price("4.00", category="laboratory")
    cashier = make.user("cashier")
    make.shift(cashier)
    for _round in range(3):
        sale = sell(package(services, code=f"PKG-{_round}"))
        take_payment(invoice=bill(sale), tenders=[usd(25)], by=cashier)
        note = ask_credit(sale, 25, make.user("accountant"))
        race(
            lambda note=note: approve_credit(note=note, by=make.user("owner")),
            lambda sale=sale: make.charge(service_code=services[1], visit=sale.charge.visit),
        )
        note.refresh_from_db()
        taken = sum(cover.used for cover in sale.covers.all())
        assert (note.status, taken) in {("approved", 0), ("requested", 1)}


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_an_accountant_sets_up_a_package_and_a_cashier_sells_it(client_for, services, cashier):
    books, desk = client_for("accountant"), client_for("cashier")
    form = {"code": "PKG-A", "name_en": "Check-up", "amount": "12", "currency": "USD", "valid_days": "10"}
    answer = books.post("/billing/prices/packages/new/", once(**form, parts="NOPE 2"))
    assert "Not in the catalogue: NOPE" in answer.content.decode()
    assert books.post("/billing/prices/packages/new/", once(**form, parts=f"{services[0]} twice")).status_code == 422
    contents = f"{services[0]} 2\n{services[1]}"
    assert books.post("/billing/prices/packages/new/", once(**form, parts=contents)).status_code == 302
    assert "taken" in books.post("/billing/prices/packages/new/", once(**form, parts=contents)).content.decode()
    made = Package.objects.get()
    assert "Check-up" in desk.get("/billing/prices/packages/").content.decode()
    page = f"/billing/prices/packages/{made.pk}/"
    assert f"{services[0]} 2" in books.get(page).content.decode()
    assert books.post(page, once(**form, parts=services[0], version=made.version)).status_code == 302
    assert books.post(page, once(**form, parts=services[0], version=made.version)).status_code in {409, 422}
    visit = make.charge().visit
    address = f"/billing/visits/{visit.pk}/"
    assert "Check-up" in desk.get(address).content.decode()
    assert desk.post(f"{address}packages/", once()).status_code == 422
    assert desk.post(f"{address}packages/", once(package=str(made.pk))).status_code == 302
    assert Charge.objects.filter(visit=visit, service_code="PKG-A").count() == 1
    issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    assert "1 of 1 left" in desk.get(address).content.decode()


def test_an_accountant_gives_back_what_was_invoiced(client_for, services, cashier):
    sale = sell(package(services))
    charge = make.charge(service_code=services[1], visit=sale.charge.visit)
    issue_invoice(invoice=draft_invoice(visit=charge.visit, by=cashier), by=cashier)
    books, address = client_for("accountant"), f"/billing/charges/{charge.pk}/return/"
    assert address in books.get(f"/billing/visits/{charge.visit_id}/").content.decode()
    assert client_for("cashier").post(address, once(reason="x")).status_code == 403
    assert books.post(address, once(reason="the tube broke")).status_code == 302
    assert not charge.package_use.__class__.objects.get(charge=charge).live


def test_the_list_asks_as_much_for_three_packages_as_for_one(client_for, services, query_count):
    books, page = client_for("accountant"), "/billing/prices/packages/"
    package(services)
    books.get(page)
    with query_count() as one:
        books.get(page)
    package(services, code="PKG-B")
    package(services, code="PKG-C")
    with query_count() as three:
        books.get(page)
    assert three.count == one.count
