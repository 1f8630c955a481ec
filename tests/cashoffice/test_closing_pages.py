"""Deposits, the day's closing and statements by their pages."""

from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Branch
from billing.models import Account
from cashoffice.models import DayClosing, Deposit, Match, Statement, StatementMapping
from cashoffice.services.days import close_day
from cashoffice.services.deposits import prepare_deposit
from core.clock import today
from core.ids import new_id
from tests.cashoffice.test_deposits import accepted
from tests.cashoffice.test_matching import imported, mt940, paid
from tests.factories import billing as make


@pytest.fixture
def branch(samaki):
    make.rate(4100)
    return Branch.objects.get()


@pytest.fixture
def office(client_for, branch):
    return client_for("accountant")


def once(**fields):
    return {"_once": str(new_id()), **fields}


# --- Deposits ---


def test_takings_are_prepared_handed_over_and_confirmed(office, client_for, cashier, accountant):
    shift = accepted(cashier, accountant)
    page = office.get("/cash/banking/new/").content.decode()
    assert shift.number in page
    assert 'value="30"' in page
    wrong = office.post("/cash/banking/new/", once(shifts=[shift.pk], usd="31"))
    assert (wrong.status_code, "did not bring so much" in wrong.content.decode()) == (422, True)
    answer = office.post("/cash/banking/new/", once(shifts=[shift.pk], usd="30"))
    deposit = Deposit.objects.get()
    page = f"/cash/banking/{deposit.pk}/"
    assert answer.url == page
    assert f"{page}hand-over/" not in office.get(page).content.decode()
    admin = client_for("admin")
    assert admin.post(f"{page}hand-over/", once()).url == page
    assert f"{page}confirm/" not in admin.get(page).content.decode()
    assert office.post(f"{page}confirm/", once(slip=" ")).status_code == 422
    assert office.post(f"{page}confirm/", once(slip="S-77")).url == page
    assert "S-77" in office.get("/cash/banking/").content.decode()
    assert office.get(f"/cash/banking/{deposit.pk}.pdf").content.startswith(b"%PDF")
    assert client_for("cashier").get(page).status_code == 403


def test_a_deposit_is_cancelled_on_its_page(office, cashier, accountant, branch):
    shift = accepted(cashier, accountant)
    deposit = prepare_deposit(branch=branch, shifts=[shift], usd=30, khr=0, by=accountant)
    assert office.post(f"/cash/banking/{deposit.pk}/cancel/", once()).status_code == 302
    assert shift.number in office.get("/cash/banking/new/").content.decode()


# --- Days ---


def test_the_page_names_what_stands_in_the_way_and_closes_the_day(office, client_for, cashier, branch):
    shift = make.shift(cashier)
    page = office.get("/cash/days/close/").content.decode()
    assert f"/billing/shifts/{shift.pk}/" in page
    form = once(day=f"{today()}")
    refused = office.post("/cash/days/close/", form)
    assert (refused.status_code, "cannot be closed yet" in refused.content.decode()) == (422, True)
    from tests.cashoffice.test_days import end

    end(shift, cashier)
    answer = office.post("/cash/days/close/", once(day=f"{today()}", note="quiet evening"))
    closing = DayClosing.objects.get()
    assert answer.url == f"/cash/days/{closing.pk}/"
    assert "quiet evening" in office.get("/cash/days/").content.decode()
    assert "Shift opened" in office.get(answer.url).content.decode()
    assert "closed already" in office.get(f"/cash/days/close/?day={today()}").content.decode()
    assert client_for("cashier").get("/cash/days/").status_code == 403


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_the_closing_report_prints(office, branch, accountant, cashier, language):
    make.invoice(("5.00", "USD"), by=cashier)
    closing = close_day(branch=branch, day=today(), by=accountant)
    for paper in ("a4", "80mm"):
        pdf = office.get(f"/cash/days/{closing.pk}.pdf", {"paper": paper, "language": language})
        assert pdf.content.startswith(b"%PDF")


# --- Statements ---


def upload(content, name="march.sta"):
    return SimpleUploadedFile(name, content)


def test_a_statement_comes_in_is_explained_and_accepted(office, client_for, cashier, branch):
    make.shift(cashier)
    paid(cashier, "10.00")
    paid(cashier, "4.00")
    bank = Account.objects.get(key="bank")
    content = mt940((10, "A1", ""), (3, "A2", "part"), ("-1.00", "A3", "charges"))
    answer = office.post("/cash/statements/import/", once(account=bank.pk, file=upload(content)))
    statement = Statement.objects.get()
    assert answer.url == f"/cash/statements/{statement.pk}/"
    page = office.get(answer.url).content.decode()
    assert "(2)" in page
    second, third = statement.lines.filter(position__gt=1)
    line = f"/cash/statements/rows/{second.pk}/"
    assert office.post(f"{line}match/", once()).status_code == 422
    free = statement.account.postings.filter(amount=4).get()
    assert str(free.pk) in office.get(line).content.decode()
    assert office.post(f"{line}match/", once()).status_code == 422
    parts = once(posting=free.pk, in_parts="on")
    assert office.post(f"{line}match/", parts).url == f"/cash/statements/rows/{third.pk}/"
    assert "1.00" in office.get(f"/cash/statements/rows/{third.pk}/").content.decode()  # the rest of it is free
    refused = office.post(f"/cash/statements/rows/{third.pk}/match/", parts | once())
    words = refused.content.decode()
    assert (refused.status_code, "larger than what is left" in words, words.count(" checked")) == (422, True, 2)
    part = Match.objects.get(line=second)
    assert office.post(f"/cash/statements/matches/{part.pk}/undo/", once(reason="not in parts")).url == line
    assert office.post(f"{line}match/", once(posting=free.pk)).url == line  # a dollar of it is left
    assert office.post(f"{line}post/", once(purpose="nonsense")).status_code == 422
    after = office.post(f"{line}post/", once(purpose="fee")).url
    assert after == f"/cash/statements/rows/{third.pk}/"
    assert office.post(f"{after}post/", once(purpose="fee")).url == f"/cash/statements/{statement.pk}/"
    assert office.post(f"/cash/statements/{statement.pk}/accept/", once()).status_code == 409
    assert "You imported it." in office.get(f"/cash/statements/{statement.pk}/").content.decode()
    owner = client_for("owner")
    part = Match.objects.filter(line=second, undone_at=None)[0]
    owner.post(f"/cash/statements/matches/{part.pk}/undo/", once(reason="said by the owner"))
    owner.post(f"{line}match/", once(posting=part.posting_id))
    assert "You explained lines of it." in owner.get(f"/cash/statements/{statement.pk}/").content.decode()
    assert owner.post(f"/cash/statements/{statement.pk}/accept/", once()).status_code == 409
    owner = client_for("admin")
    assert owner.post(f"/cash/statements/{statement.pk}/accept/", once()).status_code == 302
    statement.refresh_from_db()
    assert statement.status == "accepted"
    assert "march.sta" in owner.get("/cash/statements/").content.decode()


def test_a_match_is_parted_with_a_reason(office, cashier, branch, accountant):
    make.shift(cashier)
    paid(cashier, "10.00")
    imported(mt940((10, "A1", "")), accountant)
    match = Match.objects.get()
    assert office.post(f"/cash/statements/matches/{match.pk}/undo/", once(reason="")).status_code == 409
    assert office.post(f"/cash/statements/matches/{match.pk}/undo/", once(reason="other payer")).status_code == 302
    match.refresh_from_db()
    assert match.undone_by == accountant


@pytest.mark.parametrize(
    ("content", "says"), [(b"<html>", "no plain XML"), (b"a,b\n1,2\n", "Choose how"), (b"", "empty")]
)
def test_a_wrong_file_is_refused_beside_its_field(office, branch, content, says):
    bank = Account.objects.get(key="bank")
    page = office.post("/cash/statements/import/", once(account=bank.pk, file=upload(content, "x.csv")))
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not Statement.objects.exists()


def test_how_a_bank_writes_its_tables_is_kept(office, branch):
    form = {"name": "ABA", "currency": "USD", "delimiter": ",", "date_column": "Date", "date_format": "%d/%m/%Y"}
    refused = office.post("/cash/statements/mappings/", once(**form))
    assert (refused.status_code, "Name the column of the amount" in refused.content.decode()) == (422, True)
    assert office.post("/cash/statements/mappings/", once(**form, amount_column="Amount")).status_code == 302
    mapping = StatementMapping.objects.get()
    again = office.post("/cash/statements/mappings/", once(**form, amount_column="Amount"))
    assert (again.status_code, "has this name" in again.content.decode()) == (422, True)
    changed = once(**form, amount_column="Sum")
    assert office.post(f"/cash/statements/mappings/{mapping.pk}/", changed).status_code == 302
    bank = Account.objects.get(key="bank")
    file = upload(b"Date,Sum\n02/03/2026,7.50\n", "aba.csv")
    assert (
        office.post("/cash/statements/import/", once(account=bank.pk, file=file, mapping=mapping.pk)).status_code == 302
    )
    assert Statement.objects.get().lines.get().amount == D("7.50")


def test_lists_cost_the_same_for_one_row_as_for_three(office, cashier, accountant, branch, query_count):
    paths = ["/cash/statements/", "/cash/banking/", "/cash/reports/", "/cash/days/"]

    def more(number):
        shift = accepted(cashier, accountant)
        prepare_deposit(branch=branch, shifts=[shift], usd=10, khr=0, by=accountant)
        imported(mt940((7, f"N{number}", "")), accountant)

    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            more(number)
        for path in paths:
            office.get(path)
            with query_count() as queries:
                assert office.get(path).status_code == 200
            counts.append(queries.count)
    assert counts[:4] == counts[4:]
