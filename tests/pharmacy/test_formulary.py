"""Loading and searching the formulary."""

from billing.queries import price_in_force
from pharmacy.models import Interaction, Location, Medicine
from pharmacy.queries.formulary import find_medicines
from pharmacy.services.formulary import load_formulary


def test_a_new_hospital_has_the_formulary_with_prices_interactions_and_locations(samaki):
    assert Medicine.objects.count() == 206
    assert Interaction.objects.count() == 87
    assert set(Location.objects.values_list("kind", flat=True)) == {"store", "quarantine"}
    assert all(price_in_force(code) for code in ("MED-PARACETAMOL-500-MG-TAB", "MED-MEROPENEM-1-G-PINJ"))


def test_loading_again_adds_what_is_missing_and_leaves_the_hospitals_own_alone(samaki):
    Medicine.objects.filter(code="PARACETAMOL-500-MG-TAB").update(reorder_level=7)
    Medicine.objects.filter(code="WARFARIN-5-MG-TAB").delete()
    assert load_formulary() == 1
    assert load_formulary() == 0
    assert Medicine.objects.get(code="PARACETAMOL-500-MG-TAB").reorder_level == 7


def test_every_shipped_medicine_is_complete_enough_to_be_prescribed(samaki):
    for medicine in Medicine.objects.all():
        medicine.full_clean()
        assert medicine.routes
        assert medicine.source


def test_a_medicine_is_found_by_inn_brand_atc_code_and_name_in_any_language(samaki):
    for text in ("paracet", "Panadol", "N02BE01", "对乙酰氨基酚", "ប៉ារ៉ាសេតាម៉ុល", "paracetamol 500"):
        assert "PARACETAMOL-500-MG-TAB" in [one.code for one in find_medicines(text)], text
    assert not find_medicines("no such medicine")
