"""What could have been said and found at a consultation, for invented notes. Teaching examples, no advice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    code: str  # ICD-10
    complaint: str
    subjective: str
    objective: str
    assessment: str
    plan: str


TOLD = [
    Told(
        "J06.9",
        "Cough and runny nose",
        "Cough, runny nose and sore throat for 3 days, mild fever at night.",
        "Throat red, no exudate. Chest clear.",
        "Upper respiratory infection.",
        "Paracetamol, fluids, return if breathless.",
    ),
    Told(
        "A09.9",
        "Diarrhoea since yesterday",
        "Watery stools six times since yesterday, no blood, drinks well.",
        "Not dehydrated, abdomen soft.",
        "Gastroenteritis.",
        "Oral rehydration, return with blood or fever.",
    ),
    Told(
        "I10",
        "Check of the blood pressure",
        "Feels well, takes the tablets every morning.",
        "Heart sounds normal, no swelling of the legs.",
        "High blood pressure under treatment.",
        "Go on, less salt, again in four weeks.",
    ),
    Told(
        "E11.9",
        "Check of the blood sugar",
        "Thirsty in the evening, no weight loss.",
        "Feet without wounds, pulses felt.",
        "Type 2 diabetes.",
        "Blood sugar every month, advice on food.",
    ),
    Told(
        "M54.5",
        "Back pain",
        "Low back pain after lifting, no weakness of the legs.",
        "Pain at bending, reflexes equal.",
        "Low back pain.",
        "Stay active, paracetamol for a week.",
    ),
    Told(
        "L50.9",
        "Itching skin",
        "Itching wheals since this morning, no trouble breathing.",
        "Wheals on arms and chest.",
        "Urticaria.",
        "Cetirizine, avoid what started it.",
    ),
    Told(
        "N39.0",
        "Burning when passing water",
        "Burning and frequent passing of water for 2 days, no fever.",
        "Abdomen soft, flanks free.",
        "Urinary tract infection.",
        "Urine test, antibiotic for 5 days.",
    ),
]
