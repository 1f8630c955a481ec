"""The cash office's pages, as cashiers and accountants see them."""

import pytest

from cashoffice.models import Transfer, Voucher, VoucherReason
from core.ids import new_id
from tests.factories import billing as make
from tests.factories import cashoffice as cash


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def other(shift, cashier2):
    return make.shift(cashier2, code="D2")


@pytest.fixture
def desk(client_for, shift):
    return client_for("cashier")


@pytest.fixture
def office(client_for, shift):
    return client_for("accountant")


def once(**fields):
    return {"_once": str(new_id()), **fields}


# --- Vouchers ---


def test_a_voucher_is_written_approved_and_printed(desk, office):
    reason = cash.reason()
    answer = desk.post("/cash/vouchers/new/", once(reason=reason.pk, usd="25", party="Sok", note="paper"))
    voucher = Voucher.objects.get()
    page = f"/cash/vouchers/{voucher.pk}/"
    assert answer.url == page
    assert "Somebody else must approve" in desk.get(page).content.decode()
    assert voucher.number is None
    assert desk.get(f"/cash/vouchers/{voucher.pk}.pdf").status_code == 404
    assert "25" in office.get("/cash/vouchers/").content.decode()
    assert office.post(f"{page}approve/", once()).url == page
    voucher.refresh_from_db()
    assert voucher.is_posted
    assert voucher.number in desk.get(f"/billing/shifts/{voucher.shift_id}/").content.decode()


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
@pytest.mark.parametrize("paper", ["a5", "80mm"])
def test_a_slip_prints_on_both_papers_in_three_languages(desk, cashier, paper, language):
    voucher = cash.voucher(5, 4_100, by=cashier, party="សុខ ពិសិដ្ឋ")
    slip = desk.get(f"/cash/vouchers/{voucher.pk}.pdf", {"paper": paper, "language": language})
    assert slip.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Enter an amount in dollars or riel."),
        ({"khr": "150"}, "Riel cash goes in steps of 100."),
        ({"usd": "1.5"}, "decimal"),
        ({"usd": "9000"}, "There is not so much of this currency in the drawer."),
    ],
)
def test_a_wrong_voucher_is_refused_beside_its_field(desk, typed, problem):
    page = desk.post("/cash/vouchers/new/", once(reason=cash.reason().pk, **typed))
    assert page.status_code == 422
    assert problem in page.content.decode()
    assert not Voucher.objects.exists()


def test_a_voucher_sent_twice_is_written_once(desk):
    form = once(reason=cash.reason().pk, usd="5")
    answers = {desk.post("/cash/vouchers/new/", form)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert Voucher.objects.count() == 1


def test_who_may_not_approve_is_refused(desk, client_for, cashier):
    voucher = cash.voucher(50, by=cashier)
    assert desk.post(f"/cash/vouchers/{voucher.pk}/approve/", once()).status_code == 403
    assert client_for("cashier2").get(f"/cash/vouchers/{voucher.pk}/").status_code == 404
    assert client_for("doctor").get("/cash/vouchers/").status_code == 403


def test_the_accountant_sets_up_reasons(office, desk):
    kept = cash.reason()
    names = {"name_en": "Tea", "name_km": "តែ", "name_zh_hans": "茶"}
    form = {**names, "code": "TEA", "direction": "out", "account": kept.account_id, "is_active": "on"}
    assert office.post("/cash/vouchers/reasons/", once(**form)).status_code == 302
    assert VoucherReason.objects.get(code="TEA").is_limited is False
    again = office.post("/cash/vouchers/reasons/", once(**form))
    assert (again.status_code, "Another reason has this code." in again.content.decode()) == (422, True)
    form |= {"code": "SUPPLIES"}
    assert office.post(f"/cash/vouchers/reasons/{kept.pk}/", once(**form)).status_code == 302
    kept.refresh_from_db()
    assert (kept.name_en, kept.is_limited) == ("Tea", False)
    assert "Tea" in desk.get("/cash/vouchers/new/").content.decode()


# --- Transfers ---


def test_cash_is_sent_and_received(desk, other, client_for):
    answer = desk.post("/cash/transfers/new/", once(receiver=other.pk, usd="30"))
    assert answer.url == "/cash/transfers/"
    transfer = Transfer.objects.get()
    receiver = client_for("cashier2")
    assert f"/cash/transfers/{transfer.pk}/receive/" in receiver.get("/cash/transfers/").content.decode()
    assert f"/cash/transfers/{transfer.pk}/receive/" not in desk.get("/cash/transfers/").content.decode()
    assert receiver.post(f"/cash/transfers/{transfer.pk}/receive/", once()).status_code == 302
    transfer.refresh_from_db()
    assert transfer.status == "received"
    assert receiver.post(f"/cash/transfers/{transfer.pk}/decline/", once(reason="late")).status_code == 409


def test_a_count_says_what_stands_in_its_way(desk, shift, other, cashier):
    cash.transfer(other, 10, by=cashier)
    page = desk.post(f"/billing/shifts/{shift.pk}/count/", once())
    assert page.status_code == 422
    assert "A transfer to another drawer is not answered" in page.content.decode()


def test_without_an_open_shift_the_pages_say_so(client_for, shift):
    for page in ("/cash/vouchers/new/", "/cash/transfers/new/"):
        assert "/billing/shifts/mine/" in client_for("cashier2").get(page).content.decode()


@pytest.mark.parametrize("path", ["/cash/vouchers/?status=all", "/cash/transfers/", "/billing/shifts/{shift}/"])
def test_lists_cost_the_same_for_one_row_as_for_three(desk, shift, other, cashier, query_count, path):
    path = path.format(shift=shift.pk)

    def more():
        cash.voucher(1, by=cashier)
        cash.transfer(other, 1, by=cashier)

    more()
    desk.get(path)
    with query_count() as one:
        desk.get(path)
    more()
    more()
    with query_count() as three:
        desk.get(path)
    assert one.count == three.count
