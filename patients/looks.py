"""How the states of this room look."""

from django.utils.translation import pgettext_lazy

from core import badges
from core.badges import Look
from patients.states import ConsentDecision

badges.register(
    "consent",
    {
        ConsentDecision.PERMIT.value: Look("green", "circle-check", ConsentDecision.PERMIT.label),
        ConsentDecision.DENY.value: Look("red", "hand-stop", ConsentDecision.DENY.label),
        ConsentDecision.WITHDRAWN.value: Look("red", "arrow-back-up", ConsentDecision.WITHDRAWN.label),
        "not_asked": Look("grey", "question-mark", pgettext_lazy("consent", "Not asked")),
    },
)
