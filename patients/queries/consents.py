from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from patients.consents import Answer, answer_to
from patients.models import Consent, ConsentText, Patient
from patients.states import ConsentPurpose


@dataclass(frozen=True)
class Standing:
    """One purpose: the text that counts today, the patient's last decision if any, and what follows from it."""

    purpose: str
    label: str
    text: ConsentText | None
    last: Consent | None
    answer: Answer

    @property
    def state(self) -> str:
        """The decision as a state, for its badge; what was never asked has a state of its own."""
        return self.last.decision if self.last else "not_asked"


def current_texts() -> dict[str, ConsentText]:
    """The newest version of every purpose's text; one statement."""
    newest = ConsentText.objects.order_by("purpose", "-version").distinct("purpose")
    return {text.purpose: text for text in newest}


def standings_of(patient: Patient) -> list[Standing]:
    """Every purpose with the patient's last decision, in the order in which they are asked; three statements."""
    texts = current_texts()
    since = _since()
    last = patient.consents.order_by("purpose", "-id").distinct("purpose")
    decided: Mapping[str, Consent] = {row.purpose: row for row in last.select_related("text", "recorded_by")}
    return [_standing(ConsentPurpose(purpose), texts, decided, since) for purpose in ConsentPurpose.values]


def history_of(patient: Patient) -> QuerySet[Consent]:
    """Every decision of the patient, newest first."""
    return patient.consents.select_related("text", "recorded_by", "witness").order_by("-id")


def text_versions() -> QuerySet[ConsentText]:
    """Every version of every text, newest first within a purpose."""
    return ConsentText.objects.select_related("published_by").order_by("purpose", "-version")


def _since() -> dict[str, int]:
    found = (
        ConsentText.objects.order_by().values_list("purpose").annotate(since=Max("version", filter=Q(asks_anew=True)))
    )
    return {purpose: since or 0 for purpose, since in found}


def _standing(
    purpose: ConsentPurpose, texts: Mapping[str, ConsentText], decided: Mapping[str, Consent], since: Mapping[str, int]
) -> Standing:
    last = decided.get(purpose)
    facts = (last.decision, last.text.version) if last else ("", 0)
    answer = answer_to(purpose, *facts, since=since.get(purpose, 0))
    return Standing(purpose, str(purpose.label), texts.get(purpose), last, answer)
