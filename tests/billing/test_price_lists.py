"""Which list counts: for whom, when and where; always the same one, and it says why."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal as D
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from billing import pricing
from billing.choice import Circumstances, conditions, holds, in_order, place
from billing.errors import ListWithoutCondition
from billing.explaining import charge_in_words
from billing.insurers import key_of
from billing.models import EVERY_DAY, Charge, Holiday, PriceList
from billing.queries.quotes import quote_for_visit
from billing.services.catalogue import set_price
from billing.services.price_lists import add_price_list, change_price_list, save_holiday
from core.clock import freeze, today
from core.errors import RecordChanged
from core.ids import new_id
from core.money import KHR, USD, Money
from core.preferences import remembered
from tests.factories import billing as make
from tests.factories import insurance as insure

BRANCHES = [UUID(int=1), UUID(int=2)]
TUESDAY = "2026-03-03T11:00:00"


def at(moment):
    """The hospital's own time, without an offset."""
    return datetime.fromisoformat(moment)


def a_list(code="A", **terms):
    terms.setdefault("days", list(EVERY_DAY))
    return PriceList(code=code, **terms)


def some(values):
    return st.sampled_from(values)


HOURS = some([(None, None), (time(18), time(6)), (time(8), time(12)), (time(22), time(23))])
LISTS = st.builds(
    lambda number, hours, **terms: PriceList(code=f"L{number}", starts_at=hours[0], ends_at=hours[1], **terms),
    number=st.integers(0, 999),
    hours=HOURS,
    payer=some(["", "", "self", "nssf"]),
    nationality=some(["", "", "local", "asean", "foreign"]),
    branch_id=some([None, None, *BRANCHES]),
    days=some([EVERY_DAY, [6, 7, 8], [1, 2, 3, 4, 5], [8]]),
    priority=some([0, 0, 0, 1, -1]),
    valid_from=some([None, date(2026, 3, 1), date(2026, 3, 9)]),
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    branch=some(BRANCHES),
    payer=some(["self", "nssf", "hef"]),
    country=some(["KH", "TH", "FR"]),
    moment=st.datetimes(at("2026-02-25"), at("2026-03-20")),
    holidays=some([(), (date(2026, 3, 8),), (date(2026, 3, 3), date(2026, 3, 4))]),
)


# --- The choice, whatever lists and circumstances ---


@settings(max_examples=300, deadline=None)
@given(st.lists(LISTS, max_size=7, unique_by=lambda one: one.code), CIRCUMSTANCES, st.randoms())
def test_the_order_is_the_same_however_the_lists_come(lists, at, random):
    first = [one.code for one in in_order(lists, at)]
    random.shuffle(lists)
    assert [one.code for one in in_order(lists, at)] == first
    assert set(first) == {one.code for one in lists if holds(one, at)}


@settings(max_examples=300, deadline=None)
@given(LISTS, LISTS, CIRCUMSTANCES)
def test_priority_goes_first_and_then_the_more_specific(one, other, at):
    if one.code == other.code or not (holds(one, at) and holds(other, at)):
        return
    first = in_order([one, other], at)[0]
    second = other if first is one else one
    assert first.priority >= second.priority
    if first.priority == second.priority:
        assert len(conditions(first)) >= len(conditions(second))
    assert place(first) != place(second)


@settings(max_examples=200, deadline=None)
@given(LISTS, CIRCUMSTANCES)
def test_taking_a_condition_away_never_makes_a_list_hold_less(one, at):
    if holds(one, at):
        one.payer, one.nationality, one.branch_id, one.valid_from = "", "", None, None
        one.days, one.starts_at, one.ends_at = list(EVERY_DAY), None, None
        assert holds(one, at)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**8).map(lambda cents: D(cents) / 100),
    st.integers(-10_000, 100_000).map(lambda share: D(share) / 100),
    some([USD, KHR]),
)
def test_an_adjusted_price_is_never_negative_and_can_be_paid_in_notes(amount, percent, currency):
    price = Money.rounded(amount, currency)
    result = pricing.adjusted_price(price, percent=percent)[-1].result
    assert result.amount >= 0
    exact = price.amount * (1 + percent / 100)
    step = D(100) if currency == KHR else D("0.01")
    assert result.amount % step == 0
    assert abs(result.amount - max(exact, D(0))) <= step
    steps = pricing.adjusted_price(price, percent=percent)
    assert steps == pricing.adjusted_price(price, percent=percent)


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        ("2026-03-06T17:59", False),  # a Friday
        ("2026-03-06T18:00", True),
        ("2026-03-07T05:59", True),  # Saturday morning is still Friday's night
        ("2026-03-07T06:00", False),
        ("2026-03-07T23:00", False),  # Saturday's night is not
    ],
)
def test_a_night_belongs_to_the_day_it_began_on(moment, held):
    night = a_list(days=[1, 2, 3, 4, 5], starts_at=time(18), ends_at=time(6))
    assert holds(night, Circumstances(None, "self", "KH", at(moment))) is held


def test_a_public_holiday_is_not_its_weekday():
    holiday = Circumstances(None, "self", "KH", at("2026-03-03T09:00"), {date(2026, 3, 3)})
    assert not holds(a_list(days=[1, 2, 3, 4, 5]), holiday)
    assert holds(a_list(days=[6, 7, 8]), holiday)


@pytest.mark.parametrize(("country", "order"), [("KH", ["LOCAL"]), ("TH", ["ASEAN", "FOREIGN"]), ("FR", ["FOREIGN"])])
def test_neighbours_are_foreign_too_unless_they_have_a_list(country, order):
    lists = [a_list(group.upper(), nationality=group) for group in ("foreign", "local", "asean")]
    found = in_order(lists, Circumstances(None, "self", country, at("2026-03-03T09:00")))
    assert [one.code for one in found] == order


# --- Charges ---


@pytest.fixture
def code(samaki):
    return make.price("10.00")


def special(code="SPECIAL", **terms):
    return add_price_list(code=code, names={"en": code.title()}, terms=terms, by=make.user("owner"))


def test_without_special_lists_the_standard_price_counts(code):
    charge = make.charge(service_code=code)
    assert charge.price_list.is_default
    assert charge.explanation["skipped"] == []


def test_a_payers_list_counts_for_its_visits_only(code):
    set_price(code=code, amount=D("4.00"), currency=USD, price_list=special("NSSF", payer="nssf"))
    insured, private = make.new_visit(payer="nssf"), make.new_visit()
    assert make.charge(service_code=code, visit=insured).amount == D(4)
    assert make.charge(service_code=code, visit=private).amount == D(10)


def test_a_list_without_a_price_for_the_service_is_passed_over_and_said(code):
    special("NSSF", payer="nssf")
    charge = make.charge(service_code=code, visit=make.new_visit(payer="nssf"))
    assert (charge.amount, charge.explanation["skipped"]) == (D(10), ["NSSF"])
    assert "NSSF" in dict(charge_in_words(charge))["Passed over"]


def test_percent_on_the_standard_price_for_foreigners_in_one_category(code):
    special("FOREIGN", nationality="foreign", adjustment="percent", percent=D(50), adjusts=["consultation"])
    visit = make.new_visit()
    visit.patient.nationality = "FR"
    visit.patient.save()
    assert make.charge(service_code=code, visit=visit).unit_price == D(15)
    assert make.charge("8.00", visit=visit, category="pharmacy").unit_price == D(8)
    assert "FR" not in str(Charge.objects.get(amount=15).explanation)  # the group, not the country


def test_an_amount_in_riel_on_a_price_in_dollars_uses_the_days_rate(code):
    make.rate(4000)
    special("NIGHT", starts_at=time(18), ends_at=time(6), adjustment="amount", amount=D(10_000), currency="KHR")
    with freeze(f"{today() + timedelta(days=1)}T23:30:00"):
        charge = make.charge(service_code=code, quantity=D(2))
    assert (charge.unit_price, charge.amount, charge.currency) == (D("12.50"), D(25), "USD")
    assert [step["op"] for step in charge.explanation["steps"]] == ["convert", "plus", "quantity"]


def test_riel_prices_end_on_a_note(samaki):
    code = make.price("12300", "KHR")
    special("HEF", payer="hef", adjustment="percent", percent=D(-15))
    assert make.charge(service_code=code, visit=make.new_visit(payer="hef")).unit_price == D(10_500)


def test_the_weekend_and_a_holiday_have_their_price(code):
    weekend = special("WEEKEND", days=[6, 7, 8])
    set_price(code=code, amount=D(14), currency=USD, price_list=weekend, valid_from=date(2026, 1, 1))
    set_price(code=code, amount=D(10), currency=USD, valid_from=date(2026, 1, 1))
    visit = make.new_visit()
    amounts = []
    for day in ("2026-12-01", "2026-12-05", "2026-11-09"):  # a Tuesday, a Saturday, Independence Day on a Monday
        with freeze(f"{day}T09:00:00"):
            amounts.append(quote_for_visit(code, visit).unit.amount)
    assert amounts == [D(10), D(14), D(14)]


def test_a_branchs_own_price_and_the_general_code(samaki):
    set_price(code="CONS", name="Consultation", category="consultation", amount=D(5), currency=USD)
    visit = make.new_visit()
    branch = special("BRANCH", branch=visit.branch)
    set_price(code="CONS", amount=D(7), currency=USD, price_list=branch)
    charge = make.charge(service_code="CONS-ENT", visit=visit)
    assert (charge.amount, charge.explanation["rule"], charge.explanation["met"]) == (
        D(7),
        "general",
        {"branch": visit.branch.code},
    )


def test_every_charge_can_be_computed_from_its_own_explanation(code):
    special("A", payer="nssf", adjustment="percent", percent=D("-12.5"))
    special("B", payer="hef", adjustment="amount", amount=D("1.10"), currency="USD")
    for payer in ("self", "nssf", "hef"):
        charge = make.charge(service_code=code, visit=make.new_visit(payer=payer), quantity=D("2.5"))
        at = D(charge.explanation["standard"])
        for step in charge.explanation["steps"]:
            at = {
                "percent": lambda at, figure: pricing.quantize(at * (1 + figure / 100), "USD"),
                "plus": lambda at, figure: at + figure,
                "quantity": lambda at, figure: pricing.quantize(at * figure, "USD"),
            }[step["op"]](at, D(step["figure"]))
            assert at == D(step["amount"])
        assert at == charge.amount


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_the_arithmetic_is_told_in_every_language(code, language):
    special("NIGHT", payer="nssf", starts_at=time(18), ends_at=time(6), adjustment="percent", percent=D(20))
    with freeze(f"{today() + timedelta(days=1)}T20:00:00"):
        charge = make.charge(service_code=code, visit=make.new_visit(payer="nssf"), quantity=D(3))
    with translation.override(language):
        words = charge_in_words(charge)
        told = " ".join(f"{title} {sentence}" for title, sentence in words)
    assert "USD 10.00 + 20 % = USD 12.00" in told
    assert "3 × USD 12.00 = USD 36.00" in told
    assert ("Because" in told) is (language == "en")


# --- Setting up ---


def test_other_terms_are_a_new_version_and_charges_keep_theirs(code, owner):
    price_list = special("NSSF", payer="nssf", adjustment="percent", percent=D(-10))
    charge = make.charge(service_code=code, visit=make.new_visit(payer="nssf"))
    change = {"names": {"en": "NSSF"}, "by": owner}
    terms = {"payer": "nssf", "adjustment": "percent", "percent": D(-20)}
    changed = change_price_list(price_list=price_list, version=1, terms=terms, **change)
    assert (changed.version, charge.explanation["list_version"], charge.amount) == (2, 1, D(9))
    with pytest.raises(RecordChanged):
        change_price_list(price_list=price_list, version=1, terms=terms, **change)


def test_a_list_that_would_hold_for_everybody_is_refused(samaki):
    with pytest.raises(ListWithoutCondition):
        special("ALL", priority=5)


@pytest.mark.parametrize(
    "columns",
    [
        {"days": []},
        {"days": [9]},
        {"starts_at": time(8)},
        {"adjustment": "percent"},
        {"adjustment": "amount", "amount": D(1)},
        {"nationality": "martian"},
        {"is_default": True},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_senseless_terms(samaki, columns):
    if "is_default" in columns:
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceList.objects.filter(is_default=True).update(payer="nssf")
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.create(code="X", name="X", payer="nssf", **columns)


def test_a_price_costs_one_statement_more_with_many_lists(code, query_count):
    visit = make.new_visit()
    with remembered():  # as in a request: preferences are read once
        quote_for_visit(code, visit)
        with query_count() as plain:
            quote_for_visit(code, visit)
        for number in range(6):
            special(f"N{number}", nationality="foreign", days=[1, 8], adjustment="percent", percent=D(number))
        with query_count() as many:
            quote_for_visit(code, visit)
    assert plain.count == 2
    assert many.count == plain.count + 1  # public holidays


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


FORM = {"name_en": "Nights", "days": ["1", "2"], "priority": "0", "adjustment": "percent", "percent": "25"}


def test_an_accountant_sets_up_a_list_and_checks_a_price(client_for, code):
    who = client_for("accountant")
    answer = who.post("/billing/prices/lists/new/", once(code="NIGHT", starts_at="18:00", ends_at="06:00", **FORM))
    assert answer.status_code == 302
    price_list = PriceList.objects.get(code="NIGHT")
    assert (price_list.starts_at, price_list.percent, price_list.days) == (time(18), D(25), [1, 2])
    page = who.get("/billing/prices/lists/").content.decode()
    assert "18:00–06:00" in page
    assert "+25 %" in page
    set_price(code=code, amount=D(10), currency=USD, valid_from=date(2026, 1, 1))
    found = who.get("/billing/prices/check/", {"service": code, "country": "KH", "moment": f"{today()} 12:00"})
    assert "USD 10.00" in found.content.decode()
    changed = once(version="1", starts_at="19:00", ends_at="06:00", **FORM)
    assert who.post(f"/billing/prices/lists/{price_list.pk}/", changed).status_code == 302
    assert (
        who.post(f"/billing/prices/lists/{price_list.pk}/", changed | once()).status_code == 422
    )  # somebody was quicker


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"starts_at": "18:00"}, "Give both hours or none."),
        ({"percent": ""}, "Say how many percent."),
        ({"valid_from": "2026-03-02", "last_day": "2026-03-01"}, "The last day lies before the first."),
        ({"days": [str(day) for day in EVERY_DAY]}, "Say when this list counts"),
    ],
)
def test_the_form_says_what_is_wrong_beside_the_field(client_for, samaki, fields, problem):
    answer = client_for("accountant").post("/billing/prices/lists/new/", once(code="NIGHT", **(FORM | fields)))
    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_public_holidays_are_added_and_removed(client_for, samaki, owner):
    who = client_for("owner")
    day = today() + timedelta(days=400)
    assert who.post("/billing/prices/holidays/", once(date=str(day), name_en="Jubilee")).status_code == 302
    row = Holiday.objects.get(date=day)
    assert row.name_km == "Jubilee"
    who.post(f"/billing/prices/holidays/{row.pk}/remove/", once())
    assert not Holiday.objects.filter(date=day).exists()
    assert save_holiday(date=day, names={"en": "A", "km": "ខ", "zh-hans": "中"}, by=owner).name_zh_hans == "中"


def test_a_cashier_reads_lists_but_does_not_change_them(client_for, samaki):
    who = client_for("cashier")
    assert who.get("/billing/prices/lists/").status_code == 200
    assert who.get("/billing/prices/lists/new/").status_code == 403


def test_a_charge_is_explained_under_its_line_and_as_a_page(client_for, samaki):
    make.rate()
    charge = make.charge("2.50", quantity=D(3))
    make.invoice(visit=charge.visit)
    who, address = client_for("cashier"), f"/billing/charges/{charge.pk}/explain/"
    piece = who.htmx(address).content.decode()
    assert "3 × USD 2.50 = USD 7.50" in piece
    assert "<html" not in piece
    assert charge.visit.patient.mrn in who.get(address).content.decode()
    assert client_for("labtech").get(address).status_code == 403


def test_a_list_may_hold_for_one_insurer_and_goes_before_one_for_insurers(samaki, owner):
    make.have_rate()
    code, ours = make.price("10.00"), insure.payer(code="FORTE")
    for name, payer, percent in (("ALL", "insurance", 10), ("ONE", key_of(ours), 30)):
        terms = {"payer": payer, "adjustment": "percent", "percent": D(percent)}
        add_price_list(code=name, names={"en": name}, terms=terms, by=owner)
    visit, other = make.new_visit(), make.new_visit()
    insure.cover(visit, insure.contract(payer=ours))
    insure.cover(other)
    charge = make.charge(service_code=code, visit=visit)
    assert charge.amount == D(13)
    assert ("Because", "The visit is paid by: Insurer FORTE.") in charge_in_words(charge)
    assert make.charge(service_code=code, visit=other).amount == D(11)
    assert make.charge(service_code=code).amount == D(10)


def test_the_form_offers_insurers_that_are_switched_on(client_for, samaki, owner):
    ours, off = insure.payer(code="FORTE"), insure.payer(code="OLD", active=False)
    code, office = make.price("10.00"), client_for("accountant")
    page = office.get("/billing/prices/lists/new/").content.decode()
    assert key_of(ours) in page
    assert key_of(off) not in page
    form = {"_once": str(new_id()), "code": "FORTE", "name_en": "Forte", "payer": key_of(ours), "priority": "0"}
    form |= {"days": [str(day) for day in EVERY_DAY], "adjustment": "percent", "percent": "30", "currency": "USD"}
    assert office.post("/billing/prices/lists/new/", form).status_code == 302
    assert "Insurer FORTE" in office.get("/billing/prices/lists/").content.decode()
    asked = office.get("/billing/prices/check/", {"service": code, "payer": key_of(ours), "country": "KH"})
    assert "13.00" in asked.content.decode()
    ours.active = False
    ours.save()
    made = PriceList.objects.get(code="FORTE")
    assert key_of(ours) in office.get(f"/billing/prices/lists/{made.pk}/").content.decode()
