"""How the states of this room look."""

from core import badges
from core.badges import Look
from insurance.states import AuthorisationStatus, Eligibility

badges.register(
    "authorisation",
    {
        AuthorisationStatus.REQUESTED.value: Look("amber", "hourglass", AuthorisationStatus.REQUESTED.label),
        AuthorisationStatus.GRANTED.value: Look("green", "check", AuthorisationStatus.GRANTED.label),
        AuthorisationStatus.REFUSED.value: Look("red", "x", AuthorisationStatus.REFUSED.label),
    },
)
badges.register(
    "eligibility",
    {
        Eligibility.ELIGIBLE.value: Look("green", "check", Eligibility.ELIGIBLE.label),
        Eligibility.NOT_ELIGIBLE.value: Look("red", "x", Eligibility.NOT_ELIGIBLE.label),
        Eligibility.UNKNOWN.value: Look("grey", "help-circle", Eligibility.UNKNOWN.label),
    },
)
