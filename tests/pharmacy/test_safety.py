"""The checks themselves: pure, offline, and never silent."""

from decimal import Decimal as D

import pytest

from pharmacy.models import Interaction
from pharmacy.safety import AllergyFact, Facts, check_item, check_items
from pharmacy.safety.allergies import allergy_prefixes
from pharmacy.states import Severity
from tests.pharmacy.test_dosing import item, tablet

ASKED = {"allergies": [], "allergies_were_asked": True, "interactions": [], "age_years": 40}
AMOXICILLIN = {"code": "AMOX", "inn": "amoxicillin", "name_en": "Amoxicillin", "atc": "J01CA04"}
WARFARIN = {"code": "WARF", "inn": "warfarin", "name_en": "Warfarin", "atc": "B01AA03"}
IBUPROFEN = {"code": "IBU", "inn": "ibuprofen", "name_en": "Ibuprofen", "atc": "M01AE01"}


def facts(**changes):
    return Facts(**{**ASKED, **changes})


def allergy(substance, atc="", *, severe=False, medicine=True):
    return AllergyFact(id="a1", substance=substance, atc=atc, is_severe=severe, is_medicine=medicine)


def pair(a, b, severity="major", number=1):
    return Interaction(number=number, a_atc=a, b_atc=b, severity=severity, effect_en="bleeding")


def found(medicine, *, others=(), **known):
    return check_item(item(tablet(**medicine)), [item(tablet(**other)) for other in others], facts(**known))


def kinds(findings):
    return {(finding.kind, finding.severity) for finding in findings}


# --- Allergies --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "known",
    [
        allergy("amoxicillin"),
        allergy("Amoxicillin 500, rash in 2019"),
        allergy("unknown pills", "J01CA04"),
        allergy("ampicillin", "J01CA01"),
        allergy("Penicillin"),
        allergy("ប៉េនីស៊ីលីន"),
        allergy("青霉素"),
        allergy("class", "J01C"),
    ],
)
def test_an_allergy_to_the_substance_or_its_class_stops_the_prescriber(known):
    findings = found(AMOXICILLIN, allergies=[known])
    assert ("allergy", Severity.MAJOR) in kinds(findings)
    assert findings[0].needs_reason


def test_a_severe_allergy_is_a_contraindication():
    assert ("allergy", Severity.CONTRAINDICATED) in kinds(
        found(AMOXICILLIN, allergies=[allergy("penicillin", severe=True)])
    )


def test_a_related_class_is_shown_without_stopping():
    cefixime = {"code": "CEF", "inn": "cefixime", "atc": "J01DD08"}
    findings = found(cefixime, allergies=[allergy("penicillin")])
    assert ("allergy", Severity.MODERATE) in kinds(findings)
    assert not any(finding.needs_reason for finding in findings)


@pytest.mark.parametrize(
    ("substance", "medicine"),
    [
        ("ferrous sulfate", {"inn": "sulfamethoxazole and trimethoprim", "atc": "J01EE01"}),
        ("nystatin", {"inn": "simvastatin", "atc": "C10AA01"}),
        ("iron", {"inn": "spironolactone", "atc": "C03DA01"}),
    ],
)
def test_words_inside_other_words_are_no_allergy(substance, medicine):
    assert not any(finding.needs_reason for finding in found(medicine, allergies=[allergy(substance)]))


def test_each_part_of_a_combination_is_compared():
    cotrimoxazole = {"inn": "sulfamethoxazole and trimethoprim", "atc": "J01EE01", "component_atc": ["J01EA01"]}
    assert any(finding.needs_reason for finding in found(cotrimoxazole, allergies=[allergy("trimethoprim")]))
    assert any(finding.needs_reason for finding in found(cotrimoxazole, allergies=[allergy("sulfa drugs")]))


def test_an_allergy_without_code_or_known_word_says_that_it_was_not_compared():
    findings = found(AMOXICILLIN, allergies=[allergy("the white pills")])
    assert any("linked to no medicine code" in finding.text and finding.is_quiet for finding in findings)


def test_food_allergies_stay_silent_unless_they_match():
    assert not [
        one for one in found(AMOXICILLIN, allergies=[allergy("peanut", medicine=False)]) if one.kind == "allergy"
    ]


def test_unknown_allergies_and_an_unreadable_table_are_said_aloud():
    for known in ({"allergies": None}, {"allergies": [], "allergies_were_asked": False}):
        findings = found(AMOXICILLIN, **known)
        assert ("allergy", Severity.UNAVAILABLE) in kinds(findings)


def test_classes_are_read_from_free_text_in_three_languages():
    assert allergy_prefixes(allergy("Sulfa")) == allergy_prefixes(allergy("磺胺类")) >= {"J01E"}


# --- Interactions -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("severity", ["contraindicated", "major", "moderate", "minor"])
def test_a_pair_is_found_from_either_side(severity):
    table = [pair(["M01A"], ["B01AA"], severity)]
    one = found(IBUPROFEN, others=[WARFARIN], interactions=table)
    other = found(WARFARIN, others=[IBUPROFEN], interactions=table)
    assert ("interaction", severity) in kinds(one) & kinds(other)
    keys = [{finding.key for finding in found if finding.kind == "interaction"} for found in (one, other)]
    assert keys[0] == keys[1]
    assert any(finding.needs_reason for finding in one if finding.kind == "interaction") == (
        severity in ("contraindicated", "major")
    )


def test_no_table_of_interactions_is_said_aloud_even_for_a_single_medicine():
    assert ("interaction", Severity.UNAVAILABLE) in kinds(found(IBUPROFEN, interactions=None))


def test_a_combination_brings_the_interactions_of_its_parts():
    rh = {"code": "RH", "inn": "isoniazid and rifampicin", "atc": "J04AM02", "component_atc": ["J04AB02", "J04AC01"]}
    findings = found(rh, others=[WARFARIN], interactions=[pair(["J04AB02"], ["B01AA"])])
    assert ("interaction", Severity.MAJOR) in kinds(findings)


def test_eye_drops_do_not_interact():
    drops = {"code": "EYE", "inn": "ciprofloxacin", "atc": "J01MA02", "routes": ["ophthalmic"]}
    assert "interaction" not in {
        one.kind for one in found(drops, others=[WARFARIN], interactions=[pair(["J01MA"], ["B01AA"])])
    }


def test_a_substance_does_not_interact_with_itself():
    table = [pair(["J01FA"], ["J01FA"])]
    erythromycin = {"code": "E", "inn": "erythromycin", "atc": "J01FA01"}
    again = {**erythromycin, "code": "E2"}
    clarithromycin = {"code": "C", "inn": "clarithromycin", "atc": "J01FA09"}
    assert "interaction" not in {one.kind for one in found(erythromycin, others=[again], interactions=table)}
    assert "interaction" in {one.kind for one in found(erythromycin, others=[clarithromycin], interactions=table)}


def test_a_pair_of_new_items_is_reported_once_at_the_later_one():
    first, second = item(tablet(**WARFARIN)), item(tablet(**IBUPROFEN))
    findings = check_items([first, second], [], facts(interactions=[pair(["M01A"], ["B01AA"])]))
    assert "interaction" not in {one.kind for one in findings[first]}
    assert "interaction" in {one.kind for one in findings[second]}


# --- Duplicates -------------------------------------------------------------------------------------------------------
def test_the_same_substance_twice_needs_a_reason_and_the_same_class_does_not():
    same = {**IBUPROFEN, "code": "IBU2"}
    naproxen = {"code": "NAP", "inn": "naproxen", "atc": "M01AE02"}
    assert ("duplicate", Severity.MAJOR) in kinds(found(IBUPROFEN, others=[same]))
    assert ("duplicate", Severity.MODERATE) in kinds(found(IBUPROFEN, others=[naproxen]))
    assert "duplicate" not in {one.kind for one in found(IBUPROFEN, others=[WARFARIN])}


def test_a_substance_hidden_in_a_combination_is_found():
    combination = {
        "code": "CO",
        "inn": "amoxicillin and clavulanic acid",
        "atc": "J01CR02",
        "component_atc": ["J01CA04"],
    }
    assert ("duplicate", Severity.MAJOR) in kinds(found(AMOXICILLIN, others=[combination]))


# --- Doses ------------------------------------------------------------------------------------------------------------
LIMITED = {"max_daily_dose": D(4), "max_daily_unit": "g"}


def dose_keys(medicine=None, *, age=40, **order):
    findings = check_item(item(tablet(**(medicine or {})), **order), [], facts(age_years=age))
    return {finding.key.split(":")[1]: finding for finding in findings if finding.kind == "dose"}


def test_a_dose_above_the_daily_limit_needs_a_reason():
    assert "daily-limit" not in dose_keys(LIMITED, dose=D(2), frequency="QDS", quantity=40)
    finding = dose_keys(LIMITED, dose=D(3), frequency="QDS", quantity=60)["daily-limit"]
    assert finding.needs_reason
    assert "6 g" in finding.text
    assert "4 g" in finding.text


def test_the_limit_holds_whichever_unit_the_dose_is_written_in():
    assert dose_keys(LIMITED, dose=D(1500), dose_unit="mg", frequency="QDS", quantity=60)["daily-limit"].needs_reason


def test_no_recorded_limit_is_said_quietly():
    assert dose_keys()["no-limit"].is_quiet


def test_a_child_is_not_dosed_by_an_adults_limit():
    assert dose_keys(LIMITED, age=6)["child"].severity == Severity.MODERATE


def test_weekly_methotrexate_is_never_daily():
    methotrexate = {"inn": "methotrexate", "atc": "L04AX03"}
    assert dose_keys(methotrexate, frequency="OD", quantity=5)["weekly"].severity == Severity.CONTRAINDICATED
    assert "weekly" not in dose_keys(methotrexate, frequency="WEEKLY", quantity=1)


def test_odd_pieces_quantities_and_long_courses_are_pointed_out():
    assert "pieces" in dose_keys(dose=D(6), frequency="OD", quantity=30)
    assert "split" in dose_keys({"form": "tablet, modified release"}, dose=D("0.5"), quantity=8)
    assert "quantity" in dose_keys(quantity=100)
    assert "quantity" in dose_keys(quantity=3)
    assert "quantity" not in dose_keys(quantity=3, as_needed=True)
    assert "controlled" in dose_keys({"controlled": True}, duration_days=30, quantity=90)
