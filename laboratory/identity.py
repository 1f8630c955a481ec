"""Making sure that a tube is filled by the person whose name it will bear."""

import re
from dataclasses import dataclass

from laboratory.errors import IdentityNotConfirmed
from patients.states import Precision


@dataclass(frozen=True)
class Identity:
    """The two identifiers the collector has asked for or scanned: the record number and the birth date.

    Of patients whose day of birth nobody knows, the year is enough.
    """

    mrn: str
    birth: str

    def confirm(self, patient) -> None:
        """Raise IdentityNotConfirmed, naming the field, unless both are this patient's."""
        if _compact(self.mrn) != _compact(patient.mrn):
            raise IdentityNotConfirmed(field="mrn")
        if self.birth.strip() not in _accepted_births(patient):
            raise IdentityNotConfirmed(field="birth")


def _accepted_births(patient) -> set[str]:
    born = patient.birth_date
    exact = {f"{born:%Y-%m-%d}", f"{born:%d/%m/%Y}", f"{born:%d-%m-%Y}"}
    return exact if patient.birth_date_precision == Precision.DAY else exact | {f"{born:%Y}"}


def _compact(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()
