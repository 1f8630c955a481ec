"""The cash office's pages, as the people who work on them see them."""

import html
import re
from decimal import Decimal

import pytest

from billing.models import Charge, EntryKind, ExchangeRate, Invoice, Payment, Price, ReceiptPrint, Service, Shift
from billing.queries import price_in_force
from billing.queries.comparing import checks
from billing.services import journal
from billing.services.invoices import draft_invoice
from billing.services.payments import take_payment
from billing.services.prints import record_print
from billing.services.shifts import close_shift, count_shift
from core.ids import new_id
from tests.factories import billing as make
from tests.factories.billing import FLOAT, usd


@pytest.fixture
def rate(samaki):
    return make.rate()


@pytest.fixture
def shift(rate, cashier):
    return make.shift(cashier)


@pytest.fixture
def desk(client_for, samaki):
    return client_for("cashier")


def once(**fields):
    return {"_once": str(new_id()), **fields}


def notes(counts=FLOAT):
    return {f"{currency}_{note}": pieces for currency, rows in counts.items() for note, pieces in rows.items()}


# --- The panel on pages of others ---


def test_the_bill_beside_a_consultation_is_painted_anew_after_a_charge(client_for, rate):
    visit = make.charge("5.00").visit
    client, address = client_for("doctor"), f"/billing/visits/{visit.pk}/panel/"
    panel = client.htmx(address).content.decode()
    assert "1 charge<" in panel
    assert 'hx-trigger="charges-changed from:body"' in panel
    make.charge("1.50", visit=visit)
    assert "2 charges" in client.htmx(address).content.decode()
    assert client.get(address)["Location"] == f"/billing/visits/{visit.pk}/"


# --- The desk ---


def test_the_desk_lists_who_has_something_to_pay(desk, rate, cashier):
    pending = make.charge("12.34")
    owing = make.invoice(("7.00", "USD"))
    page = desk.get("/billing/").content.decode()
    assert pending.visit.patient.mrn in page
    assert owing.number in page
    assert "12.34" in page


def test_a_paid_visit_leaves_the_desk(desk, shift, cashier):
    invoice = make.invoice()
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    assert invoice.patient.mrn not in desk.get("/billing/").content.decode()


def test_the_desk_finds_by_invoice_number(desk, rate):
    wanted, other = make.invoice(), make.invoice()
    page = desk.get("/billing/", {"q": wanted.number.lower()}).content.decode()
    assert wanted.number in page
    assert other.number not in page


def test_invoices_are_found_by_number_its_last_digits_and_the_patient(desk, rate):
    first, second = make.invoice(), make.invoice()
    for text in (second.number.lower(), "2", "000002", second.patient.mrn):
        page = desk.get("/billing/invoices/", {"q": text}).content.decode()
        assert second.number in page
        assert first.number not in page


@pytest.mark.parametrize("path", ["/billing/", "/billing/invoices/", "/billing/shifts/", "/billing/journal/"])
def test_lists_cost_the_same_for_one_row_as_for_three(client_for, shift, cashier, query_count, path):
    who = client_for("owner")
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            make.invoice(("5.00", "USD"), ("8000", "KHR"))
            make.charge()
        who.get(path)
        with query_count() as queries:
            assert who.get(path).status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_collecting_makes_one_draft_and_issuing_leads_to_the_payment(desk, shift):
    charge = make.charge("12.34")
    answer = desk.post(f"/billing/visits/{charge.visit_id}/collect/", once())
    invoice = Invoice.objects.get()
    assert answer.url == f"/billing/invoices/{invoice.pk}/"
    assert "12.34" in desk.get(answer.url).content.decode()
    answer = desk.post(f"/billing/invoices/{invoice.pk}/issue/", once(version=invoice.version))
    assert answer.url == f"/billing/invoices/{invoice.pk}/pay/"


def test_an_invoice_line_explains_its_arithmetic(desk, rate):
    make.charge("2.50", quantity=Decimal(3))
    invoice = make.invoice(visit=Charge.objects.get().visit)
    address = f"/billing/charges/{invoice.lines.get(quantity=3).charge_id}/explain/"
    assert address in desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    words = desk.htmx(address).content.decode()
    assert "3 ×" in words
    assert "STANDARD" in words
    assert "test.event" in words


def test_a_draft_seen_before_it_changed_is_not_issued(desk, rate, cashier):
    charge = make.charge()
    draft = draft_invoice(visit=charge.visit, by=cashier)
    answer = desk.post(f"/billing/invoices/{draft.pk}/issue/", once(version=draft.version - 1))
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.is_draft


@pytest.mark.parametrize(
    ("page", "bound"), [("", 16), ("invoices/{invoice}/", 16), ("invoices/{invoice}/pay/", 12), ("visits/{visit}/", 16)]
)
def test_a_page_of_the_desk_asks_the_database_little(desk, shift, query_count, page, bound):
    invoice = make.invoice(("12.34", "USD"), ("8000", "KHR"))
    path = f"/billing/{page}".format(invoice=invoice.pk, visit=invoice.visit_id)
    desk.get(path)
    with query_count() as queries:
        desk.get(path)
    assert queries.count <= bound, queries.statements


# --- Payment ---


def test_the_usual_payment_is_one_field_and_enter(desk, shift):
    invoice = make.invoice(("12.34", "USD"))
    page = desk.get(f"/billing/invoices/{invoice.pk}/pay/").content.decode()
    assert page.count("autofocus") == 1
    answer = desk.post(f"/billing/invoices/{invoice.pk}/pay/", once(usd="20", due="12.34"))
    payment = Payment.objects.get()
    assert answer.url == f"/billing/payments/{payment.pk}/"
    receipt = desk.get(answer.url).content.decode()
    assert "2,700" in receipt
    assert payment.number in receipt


def test_the_change_is_shown_while_typing_and_nothing_is_taken(desk, shift):
    invoice = make.invoice(("12.34", "USD"))
    answer = desk.htmx(f"/billing/invoices/{invoice.pk}/pay/", {"usd": "20", "due": "12.34"})
    piece = answer.content.decode()
    assert "<html" not in piece
    assert "7.00" in piece
    assert "2,700" in piece
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"usd": "abc"}, {"usd": "-1"}, {"khr": "150"}, {"card_amount": "99"}])
def test_the_live_computation_survives_whatever_is_typed(desk, shift, typed):
    invoice = make.invoice(("12.34", "USD"))
    assert desk.htmx(f"/billing/invoices/{invoice.pk}/pay/", typed).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"usd": "abc"},
        {"usd": "-1"},
        {"usd": "1.5"},
        {"khr": "150"},
        {"card_amount": "99"},
        {"usd": "1", "due": "3"},
    ],
)
def test_a_wrong_payment_is_refused_beside_its_field_and_keeps_what_was_typed(desk, shift, typed):
    invoice = make.invoice(("12.34", "USD"))
    answer = desk.post(f"/billing/invoices/{invoice.pk}/pay/", once(**typed))
    assert answer.status_code == 422
    assert not Payment.objects.exists()
    if "usd" in typed:
        assert f'value="{typed["usd"]}"' in answer.content.decode()


def test_a_payment_with_points_and_ledger_takes_few_statements(desk, shift, query_count):
    invoice = make.invoice(("12.34", "USD"))
    with query_count() as queries:
        assert desk.post(f"/billing/invoices/{invoice.pk}/pay/", once(usd="20")).status_code == 302
    assert queries.count <= 34, queries.statements


def test_a_payment_sent_twice_is_taken_once(desk, shift):
    invoice = make.invoice(("30.00", "USD"))
    form = once(usd="10")
    first = desk.post(f"/billing/invoices/{invoice.pk}/pay/", form)
    again = desk.post(f"/billing/invoices/{invoice.pk}/pay/", form)
    assert first["Location"] == again["Location"]
    assert Payment.objects.count() == 1


def test_without_a_shift_the_page_says_so_and_takes_nothing(desk, rate):
    invoice = make.invoice()
    page = desk.get(f"/billing/invoices/{invoice.pk}/pay/").content.decode()
    assert "/billing/shifts/mine/" in page
    assert desk.post(f"/billing/invoices/{invoice.pk}/pay/", once(usd="10")).status_code == 422


@pytest.mark.parametrize("paper", ["a5", "80mm"])
@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_a_receipt_prints_on_both_papers_in_three_languages(desk, shift, cashier, paper, language):
    payment = take_payment(invoice=make.invoice(("12.34", "USD")), tenders=[usd(20)], by=cashier)
    answer = desk.post(f"/billing/payments/{payment.pk}/print/", once(paper=paper, language=language))
    pdf = desk.get(answer.url)
    assert pdf.headers["Content-Type"] == "application/pdf"
    text = _text(pdf.content)
    assert payment.number in text
    assert "12.34" in text
    assert "50,594" in text


def test_a_reprint_is_marked_as_a_copy_and_the_original_stays_original(desk, shift, cashier):
    payment = take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    prints = [record_print(ReceiptPrint, payment, paper="80mm", language="en", by=cashier) for _ in range(2)]
    first, second = (_text(desk.get(f"/billing/receipts/{one.pk}.pdf").content) for one in prints)
    assert "Copy" not in first
    assert "Copy 1" in second


def _text(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


# --- Shifts ---


def test_a_cashiers_day_by_the_pages(desk, client_for, rate, cashier):
    drawer = make.drawer()
    answer = desk.post("/billing/shifts/open/", once(drawer=drawer.pk, **notes()))
    shift = Shift.objects.get()
    assert answer.url == f"/billing/shifts/{shift.pk}/"
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    answer = desk.post(f"/billing/shifts/{shift.pk}/count/", once(**notes()))
    assert answer.url == f"/billing/shifts/{shift.pk}/close/"
    assert desk.post(answer.url, once()).status_code == 422
    assert desk.post(answer.url, once(reason_usd="ten dollars too little")).status_code == 302
    accountant = client_for("accountant")
    assert "ten dollars too little" in accountant.get(f"/billing/shifts/{shift.pk}/").content.decode()
    assert accountant.post(f"/billing/shifts/{shift.pk}/accept/", once(note="seen")).status_code == 302
    shift.refresh_from_db()
    assert shift.status == "reconciled"
    assert desk.get(f"/cash/shifts/{shift.pk}/report.pdf").content.startswith(b"%PDF")


def test_a_cashier_does_not_see_what_is_expected_before_counting(desk, shift, cashier):
    take_payment(invoice=make.invoice(("33.00", "USD")), tenders=[usd(33)], by=cashier)
    for path in (f"/billing/shifts/{shift.pk}/", f"/billing/shifts/{shift.pk}/count/"):
        page = desk.get(path).content.decode()
        assert "133.00" not in page
        assert "33.00" not in page
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    assert "133.00" in desk.get(f"/billing/shifts/{shift.pk}/close/").content.decode()


def test_another_cashiers_shift_does_not_exist(client_for, shift):
    other = client_for("cashier2")
    for page in (
        "billing/shifts/{}/",
        "billing/shifts/{}/count/",
        "billing/shifts/{}/close/",
        "cash/shifts/{}/report.pdf",
    ):
        assert other.get(f"/{page.format(shift.pk)}").status_code == 404


def test_bad_counts_are_refused_beside_the_note(desk, rate):
    drawer = make.drawer()
    answer = desk.post("/billing/shifts/open/", once(drawer=drawer.pk, USD_20="-1", KHR_100="many"))
    assert answer.status_code == 422
    assert answer.content.decode().count('class="field-error"') == 2
    assert not Shift.objects.exists()


def test_the_accountant_sees_who_waits_for_acceptance(client_for, shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    assert shift.number in client_for("accountant").get("/billing/shifts/?status=closed").content.decode()


# --- Prices, rates, drawers ---


def test_prices_are_found_by_code_and_by_name_in_any_language(client_for, samaki):
    who = client_for("accountant")
    code = make.price("10.00")
    Service.objects.filter(code=code).update(name_km="ពិគ្រោះជំងឺ")
    other = make.price("11.00")
    for text in (code.lower(), "ពិគ្រោះ", f"service {code}"):
        page = who.get("/billing/prices/", {"q": text}).content.decode()
        assert f">{code}<" in page
        assert f">{other}<" not in page


def test_a_price_is_changed_by_a_new_one_from_a_day_on(client_for, samaki):
    code = make.price("10.00")
    service = Service.objects.get(code=code)
    price_list = Price.objects.get(service=service).price_list_id
    form = once(amount="15000", currency="KHR", valid_from="2030-01-01", price_list=price_list)
    who = client_for("accountant")
    assert who.post(f"/billing/prices/{service.pk}/", form).status_code == 302
    assert price_in_force(code).amount == Decimal(10)
    assert Price.objects.filter(service=service).count() == 2


@pytest.mark.parametrize(
    "typed", [{"amount": "-1"}, {"amount": "1.5", "currency": "KHR"}, {"valid_from": "2001-01-01"}, {"currency": "EUR"}]
)
def test_an_impossible_price_is_refused(client_for, samaki, typed):
    service = Service.objects.get(code=make.price("10.00"))
    facts = {
        "amount": "5",
        "currency": "USD",
        "valid_from": "2030-01-01",
        "price_list": service.prices.get().price_list_id,
    }
    answer = client_for("accountant").post(f"/billing/prices/{service.pk}/", once(**{**facts, **typed}))
    assert answer.status_code == 422
    assert Price.objects.filter(service=service).count() == 1


def test_a_service_of_the_hospitals_own_is_added(client_for, samaki):
    price_list = Price._meta.get_field("price_list").related_model.objects.get()
    form = once(
        code="AMB-CITY",
        category="other",
        name_en="Ambulance in the city",
        amount="25",
        currency="USD",
        valid_from="2030-01-01",
        price_list=price_list.pk,
    )
    who = client_for("accountant")
    assert who.post("/billing/prices/new/", form).status_code == 302
    assert who.post("/billing/prices/new/", {**form, **once()}).status_code == 422


@pytest.mark.parametrize("riel", ["", "0", "-4100", "abc", "410000", "4100.555"])
def test_an_impossible_rate_is_refused(client_for, samaki, riel):
    form = once(riel_per_dollar=riel, effective_on="2026-03-03", source="bank")
    assert client_for("accountant").post("/billing/rates/new/", form).status_code == 422
    assert not ExchangeRate.objects.exists()


def test_a_rate_is_set_with_its_source(client_for, samaki):
    from core.clock import today

    form = once(riel_per_dollar="4,080", effective_on=today().isoformat(), source="National Bank")
    who = client_for("accountant")
    assert who.post("/billing/rates/new/", form).status_code == 302
    assert "4,080" in who.get("/billing/rates/").content.decode()


def test_a_drawer_is_added(client_for, samaki):
    from accounts.models import Branch

    who = client_for("admin")
    form = once(branch=Branch.objects.first().pk, code="d9", name="Night desk")
    assert who.post("/billing/drawers/", form).status_code == 302
    assert "Night desk" in who.get("/billing/drawers/").content.decode()


# --- Journal ---


def test_the_accountant_follows_a_receipt_to_its_postings(client_for, shift, cashier):
    payment = take_payment(invoice=make.invoice(("12.34", "USD")), tenders=[usd(20)], by=cashier)
    who = client_for("accountant")
    page = who.get("/billing/journal/", {"q": payment.number}).content.decode()
    assert "12.34" in page
    entry = payment.entries.get()
    assert "2,700" in who.get(f"/billing/journal/{entry.pk}/").content.decode()


def test_the_books_agree_and_the_page_says_so(client_for, shift, cashier):
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    assert "alert-success" in client_for("auditor").get("/billing/journal/agreement/?whole").content.decode()


def compared(who) -> list[str]:
    """What the page shows of each check, asked for one after the other as the browser does."""
    page, shown = who.get("/billing/journal/agreement/"), []
    while following := re.search(
        r'hx-get="([^"]+)" hx-trigger="load" hx-swap="outerHTML">\s+<tr>', page.content.decode()
    ):
        page = who.htmx(html.unescape(following[1]))
        shown.append(page.content.decode())
    return shown


def test_the_books_are_compared_check_by_check(client_for, shift, cashier):
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    who = client_for("auditor")
    shown = compared(who)
    assert len(shown) == len(checks())
    assert [("alert-success" in one, "progress-line" in one) for one in shown[-2:]] == [(False, True), (True, False)]
    journal.post(
        kind=EntryKind.SHIFT_CLOSED, source_id=new_id(), branch_id=shift.branch_id, shift=shift, by=cashier,
        sides=[journal.Side("bank_transit", "USD", Decimal(5)), journal.Side("safe", "USD", Decimal(-5))],
    )  # fmt: skip
    shown = compared(who)
    assert "2 figures do not agree" in shown[-1]  # what the shift took to the safe, and what is on its way to the bank
    assert not any("alert-success" in one for one in shown)
    for wrong in ("?step=99&disagreeing=0", "?step=a&disagreeing=0", "?step=0"):
        assert who.htmx(f"/billing/journal/agreement/{wrong}").status_code == 404


# --- Who may ---


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("nurse", "/billing/"),
        ("doctor", "/billing/invoices/"),
        ("cashier", "/billing/journal/"),
        ("cashier", "/billing/shifts/"),
        ("cashier", "/billing/rates/new/"),
        ("cashier", "/billing/prices/new/"),
        ("receptionist", "/billing/shifts/open/"),
        ("owner", "/billing/shifts/open/"),
        ("accountant", "/billing/shifts/mine/"),
    ],
)
def test_a_page_is_closed_to_whom_it_does_not_concern(client_for, samaki, who, path):
    assert client_for(who).get(path).status_code == 403


def test_only_management_waives_and_grants_discounts(client_for, desk, rate, cashier):
    charge = make.charge()
    draft = draft_invoice(visit=charge.visit, by=cashier)
    assert desk.post(f"/billing/charges/{charge.pk}/waive/", once(reason="x")).status_code == 403
    assert desk.get(f"/billing/invoices/{draft.pk}/discount/").status_code == 403
    owner = client_for("owner")
    answer = owner.post(f"/billing/invoices/{draft.pk}/discount/", once(percent="25", reason="staff"))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.total == Decimal("7.50")
    assert owner.post(f"/billing/invoices/{draft.pk}/discount/", once(percent="101", reason="x")).status_code == 422
    assert owner.post(f"/billing/charges/{charge.pk}/waive/", once(reason="hardship")).status_code == 302


def test_the_bill_of_a_visit_is_seen_by_the_ward_but_not_changed(client_for, rate):
    charge = make.charge("12.34")
    page = client_for("nurse").get(f"/billing/visits/{charge.visit_id}/").content.decode()
    assert "12.34" in page
    assert "collect" not in page


def test_foreign_and_unknown_ids_do_not_exist(desk, shift, cashier):
    unknown = new_id()
    for path in (f"visits/{unknown}/", f"invoices/{unknown}/", f"invoices/{unknown}/pay/", f"payments/{unknown}/"):
        assert desk.get(f"/billing/{path}").status_code == 404


def test_the_hospital_next_door_sees_nothing_of_it(client_for, shift, cashier):
    payment = take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    neighbour = client_for("cashier", hospital="royal")
    for path in (f"invoices/{payment.invoice_id}/", f"payments/{payment.pk}/", f"shifts/{payment.shift_id}/"):
        assert neighbour.get(f"/billing/{path}").status_code == 404


def test_the_desk_collects_from_a_restricted_patient_and_forgets(desk, client_for, rate, shift, cashier):
    """Somebody who stands at the desk pays; once nothing is owed, only who took the money that day still sees it."""
    from patients.models import Patient

    invoice = make.invoice()
    Patient.objects.filter(pk=invoice.patient_id).update(confidentiality="restricted")
    page = f"/billing/invoices/{invoice.pk}/"
    assert desk.get(page).status_code == 200
    assert client_for("cashier2").get(page).status_code == 200
    assert client_for("accountant").get(page).status_code == 404
    payment = take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    assert desk.get(page).status_code == 200
    assert desk.get(f"/billing/payments/{payment.pk}/").status_code == 200
    assert client_for("cashier2").get(page).status_code == 404
    assert client_for("cashier2").get(f"/billing/payments/{payment.pk}/").status_code == 404
    assert invoice.number not in desk.get("/billing/").content.decode()
