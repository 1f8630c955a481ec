"""Stock and formulary screens."""

from datetime import timedelta

import pytest
from django.urls import reverse

from billing.queries import price_in_force
from core import clock
from core.once import new_key
from pharmacy.models import Batch, BatchBalance, GoodsReceipt, Medicine, StockAdjustment
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


@pytest.fixture
def store_room(client_for):
    return client_for("pharmacist")


def delivery(*rows, **fields):
    data = {"_once": new_key(), "location": make.store().pk, "supplier": "Mekong Medical", "reference": "DN-7"}
    data |= {"row-TOTAL_FORMS": "5", "row-INITIAL_FORMS": "0"}
    data |= {f"row-{number}-currency": "USD" for number in range(5)}  # a browser sends the list of every empty row
    for number, row in enumerate(rows):
        data |= {f"row-{number}-{name}": value for name, value in row.items()}
    return data | fields


def row(medicine, **changes):
    return {
        "medicine": str(medicine.pk),
        "lot_number": "ab12",
        "expires_on": (clock.today() + timedelta(days=400)).isoformat(),
        "quantity": "500",
        "unit_cost": "0.04",
        "currency": "USD",
        **changes,
    }


def test_a_delivery_is_put_into_stock(store_room):
    medicine = make.medicine()
    address = reverse("pharmacy:receipt-new")
    assert store_room.get(address).status_code == 200
    answer = store_room.post(address, delivery(row(medicine), row(medicine, lot_number="CD34", quantity="20")))
    assert answer.status_code == 302
    page = store_room.get(answer.url).content.decode()
    assert "AB12" in page
    assert sorted(BatchBalance.objects.values_list("on_hand", flat=True)) == [20, 500]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expires_on", "2001-01-01"),
        ("expires_on", "2999-01-01"),
        ("expires_on", "31/02/2030"),
        ("quantity", "0"),
        ("quantity", "-4"),
        ("quantity", "1.5"),
        ("unit_cost", "-1"),
        ("currency", "EUR"),
        ("lot_number", ""),
        ("medicine", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_an_impossible_delivery_is_refused_beside_the_field(store_room, field, value):
    refused = store_room.post(reverse("pharmacy:receipt-new"), delivery(row(make.medicine()) | {field: value}))
    assert refused.status_code == 422
    assert 'class="field-error"' in refused.content.decode()
    assert not GoodsReceipt.objects.exists()
    assert not Batch.objects.exists()


def test_a_delivery_without_rows_or_with_a_batch_twice_is_refused(store_room):
    medicine = make.medicine()
    for rows in ((), (row(medicine), row(medicine))):
        assert store_room.post(reverse("pharmacy:receipt-new"), delivery(*rows)).status_code == 422
    assert not Batch.objects.exists()


def test_stock_is_listed_filtered_and_opened_to_its_ledger(store_room):
    medicine = make.medicine("listamol", brand_names="Listan")
    batch = make.in_stock(medicine, 40, lot="LIST1", days=30)
    make.expired_stock(make.medicine("oldamol"), 3, lot="OLD1")
    address = reverse("pharmacy:stock-list")
    assert "LIST1" in store_room.get(address).content.decode()
    assert "LIST1" in store_room.htmx(address, {"q": "listan"}).content.decode()
    assert "LIST1" not in store_room.htmx(address, {"show": "expired"}).content.decode()
    assert "OLD1" in store_room.htmx(address, {"show": "expired"}).content.decode()
    assert "LIST1" in store_room.htmx(address, {"show": "expiring"}).content.decode()
    assert store_room.get(address, {"show": "low"}).status_code == 200
    ledger = store_room.get(reverse("pharmacy:batch-detail", args=[batch.pk])).content.decode()
    assert "+40" in ledger


def test_an_adjustment_above_the_limit_is_approved_by_another_person_only(store_room, client_for):
    batch = make.in_stock(make.medicine(), 100)
    balance = BatchBalance.objects.get(batch=batch)
    address = reverse("pharmacy:adjustment-new", args=[balance.pk])
    assert store_room.get(address).status_code == 200
    for quantity in ("0", "x", "-101"):
        data = {"_once": new_key(), "quantity": quantity, "reason": "damaged", "note": "broken"}
        status = store_room.post(address, data).status_code
        assert status == (302 if quantity == "-101" else 422)
    asked = StockAdjustment.objects.get()
    approve = reverse("pharmacy:adjustment-approve", args=[asked.pk])
    assert store_room.post(approve, {"_once": new_key()}).status_code == 409
    second = client_for("pharmacist2")
    assert second.post(approve, {"_once": new_key()}).status_code == 409  # more than there is
    refuse = reverse("pharmacy:adjustment-refuse", args=[asked.pk])
    assert second.post(refuse, {"_once": new_key(), "reason": "count again"}).status_code == 302
    assert "count again" in second.get(reverse("pharmacy:adjustment-list")).content.decode()
    balance.refresh_from_db()
    assert balance.on_hand == 100


def test_the_formulary_is_listed_searched_and_edited_with_its_price(store_room):
    address = reverse("pharmacy:medicine-list")
    assert "Amoxicillin" in store_room.htmx(address, {"q": "J01CA04"}).content.decode()
    assert store_room.get(address, {"only": "high_alert"}).status_code == 200
    medicine = Medicine.objects.get(code="PARACETAMOL-500-MG-TAB")
    edit = reverse("pharmacy:medicine-edit", args=[medicine.pk])
    page = store_room.get(edit)
    data = {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}
    data |= {"_once": new_key(), "version": "1", "price": "400", "currency": "KHR", "reorder_level": "900"}
    assert store_room.post(edit, data).status_code == 302
    medicine.refresh_from_db()
    assert (medicine.reorder_level, medicine.version) == (900, 2)
    assert price_in_force(medicine.price_code).amount == 400
    stale = store_room.post(edit, {**data, "_once": new_key(), "reorder_level": "1"})
    assert stale.status_code == 422
    assert "Somebody else changed this record" in stale.content.decode()
    assert store_room.post(edit, {**data, "_once": new_key(), "version": "2", "atc": "nonsense"}).status_code == 422


def test_a_new_medicine_can_be_added_and_a_double_code_is_refused(store_room):
    make.medicine(code="KNOWN")
    data = {
        "_once": new_key(),
        "code": "new-1",
        "inn": "newamol",
        "name_en": "Newamol",
        "atc": "N02BE01",
        "form": "tablet",
        "unit": "tablet",
        "routes": ["oral"],
        "dose_unit": "tablet",
        "doses_per_unit": "1",
        "reorder_level": "0",
        "is_active": "on",
        "price": "0.25",
        "currency": "USD",
    }
    address = reverse("pharmacy:medicine-new")
    assert store_room.get(address).status_code == 200
    assert store_room.post(address, {**data, "code": "KNOWN"}).status_code == 422
    assert store_room.post(address, {**data, "_once": new_key()}).status_code == 302
    assert Medicine.objects.get(code="NEW-1").full_name == "Newamol tablet"


def test_interactions_are_listed_and_searched(store_room):
    address = reverse("pharmacy:interaction-list")
    assert "torsades" in store_room.htmx(address, {"q": "QT"}).content.decode()
    assert store_room.get(address, {"severity": "contraindicated"}).status_code == 200


def test_medicines_are_offered_to_a_search_field(store_room):
    make.medicine("optionamol")
    found = store_room.get(reverse("pharmacy:medicine-options"), {"q": "optio"}).content.decode()
    assert "Optionamol" in found


def test_the_lists_cost_the_same_with_one_row_and_with_three(store_room, query_count):
    addresses = [
        reverse(f"pharmacy:{name}") for name in ("stock-list", "medicine-list", "interaction-list", "adjustment-list")
    ]
    addresses += [reverse("pharmacy:stock-list") + "?show=low"]

    def cost(address):
        store_room.get(address)
        with query_count() as queries:
            store_room.get(address)
        return queries.count

    def one_more():
        medicine = make.medicine(reorder_level=9)
        make.expired_stock(medicine, 2)
        make.interaction(["J01"], ["B01"])

    one_more()
    before = [cost(address) for address in addresses]
    one_more()
    one_more()
    assert [cost(address) for address in addresses] == before


@pytest.mark.parametrize("language", ["km", "zh-hans"])
def test_every_screen_opens_in_every_language(client_for, pharmacist, language):
    pharmacist.language = language
    pharmacist.save()
    client = client_for("pharmacist")
    batch = make.in_stock(make.medicine(), 10, days=30)
    names = ("prescription-list", "stock-list", "adjustment-list", "medicine-list", "interaction-list", "receipt-new")
    pages = [reverse(f"pharmacy:{name}") for name in names]
    pages += [reverse("pharmacy:batch-detail", args=[batch.pk]), reverse("pharmacy:stock-list") + "?show=expiring"]
    for page in pages:
        assert f'lang="{language}' in client.get(page).content.decode().lower(), page
