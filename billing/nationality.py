"""Which groups of nationalities a country belongs to."""

from billing.models import Nationality

HOME = "KH"
# Members of ASEAN by ISO 3166-1: asean.org/member-states, with Timor-Leste since 26 October 2025.
ASEAN = {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}


def groups_of(country: str) -> set[str]:
    """The groups of a country code; an ASEAN neighbour is ASEAN and foreign."""
    if country == HOME:
        return {Nationality.LOCAL}
    return {Nationality.ASEAN, Nationality.FOREIGN} if country in ASEAN else {Nationality.FOREIGN}
