"""The complaints of the demo's patients: what was said, found, ordered and prescribed. Teaching examples, no advice."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drug:
    """A line of a prescription, by INN, form and strength of the formulary."""

    inn: str
    form: str
    strength: str
    dose: str
    unit: str
    frequency: str
    days: int
    route: str = "oral"


PARACETAMOL = Drug("paracetamol", "tablet", "500 mg", "1", "tablet", "TDS", 5)


@dataclass(frozen=True)
class Case:
    code: str  # ICD-10
    complaint: str
    subjective: str
    objective: str
    assessment: str
    plan: str
    temperature: str = "36.8"
    panels: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    drugs: tuple[Drug, ...] = ()
    positive: tuple[str, ...] = ()  # coded tests that come out abnormal
    values: dict[str, tuple[float, float]] = field(default_factory=dict)  # what this illness shifts, mean and spread


CASES = [
    Case(
        "J06.9",
        "Cough and runny nose",
        "Cough, runny nose and sore throat for 3 days, mild fever at night.",
        "Throat red, no exudate. Chest clear.",
        "Upper respiratory infection.",
        "Paracetamol, fluids, return if breathless.",
        "37.8",
        drugs=(PARACETAMOL, Drug("cetirizine", "tablet", "10 mg", "1", "tablet", "ON", 5)),
    ),
    Case(
        "A90",
        "High fever for 4 days",
        "Fever, headache and pain behind the eyes for 4 days, no bleeding.",
        "Flushed, no rash, abdomen soft.",
        "Dengue fever without warning signs.",
        "Fluids, blood count every day, no ibuprofen.",
        "39.2",
        panels=("CBC", "DENG"),
        drugs=(PARACETAMOL, Drug("oral rehydration salts", "powder", "20.5 g for 1 L", "1", "sachet", "BD", 3)),
        positive=("DENNS1",),
        values={"PLT": (92, 18), "WBC": (3.1, 0.5), "HCT": (44, 2)},
    ),
    Case(
        "I10",
        "Blood pressure follow-up",
        "No complaints. Takes the tablets most days.",
        "Heart sounds normal, no oedema.",
        "Essential hypertension, nearly controlled.",
        "Go on with amlodipine, less salt, control in 4 weeks.",
        panels=("RENAL",),
        drugs=(Drug("amlodipine", "tablet", "5 mg", "1", "tablet", "OM", 28),),
    ),
    Case(
        "E11.9",
        "Sugar control",
        "Thirst has become less, passes urine twice at night.",
        "Feet without wounds, pulses felt.",
        "Type 2 diabetes.",
        "Metformin, diet, HbA1c today.",
        tests=("GLU", "HBA1C"),
        drugs=(Drug("metformin", "tablet", "500 mg", "1", "tablet", "BD", 28),),
        values={"GLU": (212, 35), "HBA1C": (8.4, 0.9)},
    ),
    Case(
        "K29.7",
        "Burning stomach",
        "Burning pain in the upper abdomen after meals for 2 weeks.",
        "Mild epigastric tenderness, no guarding.",
        "Gastritis.",
        "Omeprazole for 2 weeks, small meals.",
        drugs=(Drug("omeprazole", "capsule", "20 mg", "1", "capsule", "OM", 14),),
    ),
    Case(
        "A09.9",
        "Diarrhoea since yesterday",
        "Watery stools 6 times since yesterday, vomited once.",
        "No dehydration, abdomen soft.",
        "Gastroenteritis.",
        "Oral rehydration, food as tolerated.",
        "37.4",
        drugs=(Drug("oral rehydration salts", "powder", "20.5 g for 1 L", "1", "sachet", "TDS", 2),),
    ),
    Case(
        "N39.0",
        "Pain when passing urine",
        "Burning and frequency for 2 days, no fever.",
        "Suprapubic tenderness, no flank pain.",
        "Urinary tract infection.",
        "Urine test, ciprofloxacin, plenty of water.",
        panels=("URINE",),
        drugs=(Drug("ciprofloxacin", "tablet", "500 mg", "1", "tablet", "BD", 5),),
    ),
    Case(
        "M54.5",
        "Low back pain",
        "Back pain after lifting rice sacks, worse when bending.",
        "Muscle spasm, reflexes equal.",
        "Mechanical low back pain.",
        "Ibuprofen with food, keep moving.",
        drugs=(Drug("ibuprofen", "tablet", "400 mg", "1", "tablet", "TDS", 5),),
    ),
    Case(
        "D50.9",
        "Tired and pale",
        "Tired for 2 months, heavy periods.",
        "Pale, heart rate regular.",
        "Iron deficiency anaemia.",
        "Blood count, iron for 3 months.",
        panels=("CBC",),
        drugs=(Drug("ferrous sulfate", "tablet", "200 mg", "1", "tablet", "BD", 28),),
        values={"HGB": (8.9, 0.7), "HCT": (27, 2), "MCV": (70, 4), "MCH": (22, 2)},
    ),
    Case(
        "L50.9",
        "Itchy rash",
        "Itchy wheals since last night after eating crab.",
        "Wheals on arms and trunk, breathing normal.",
        "Urticaria.",
        "Cetirizine, avoid crab.",
        drugs=(Drug("cetirizine", "tablet", "10 mg", "1", "tablet", "ON", 7),),
    ),
]

# Usual values, mean and spread, of the tests that the cases ask for.
USUAL: dict[str, tuple[float, float]] = {
    "HGB": (13.4, 0.9), "HCT": (41, 2), "RBC": (4.8, 0.3), "MCV": (87, 3), "MCH": (29, 1), "MCHC": (33.5, 0.6),
    "RDW": (13, 0.5), "WBC": (7.2, 1.2), "PLT": (255, 40), "MPV": (9.5, 0.6), "UREA": (4.9, 0.9), "CREA": (0.9, 0.1),
    "NA": (139, 1.5), "K": (4.1, 0.25), "CL": (102, 1.5), "HCO3": (25, 1), "GLU": (98, 10), "HBA1C": (5.4, 0.2),
    "EGFR": (96, 6), "USG": (1.015, 0.003), "UPH": (6, 0.3), "UWBC": (3, 1), "URBC": (1, 0.4), "UEPI": (2, 0.6),
}  # fmt: skip
CRITICAL = {"K": "7.1"}  # the result that nobody may overlook
