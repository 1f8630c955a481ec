"""The demo's insured patients: somebody at every step of a claim, and books that agree."""

from collections import Counter
from datetime import timedelta
from random import Random

from accounts.models import Branch
from billing.queries.comparing import ledger_disagreements
from claims.models import Claim
from demo.cases import CASES
from demo.services.insured import STEPS, insured_patients
from demo.services.patients import make_patients
from demo.services.setting import furnish, place_of
from demo.services.story import Story
from demo.services.today import open_till


def test_somebody_stands_at_every_step_of_a_claim(samaki):
    furnish(2)
    people = [one for batch in make_patients(len(STEPS) + 1, seed=5, over=timedelta(days=3)) for one in batch]
    place, case, chance = place_of(Branch.objects.get()), next(one for one in CASES if one.code == "M54.5"), Random(5)
    open_till(place)
    insured_patients(lambda: Story(place, people.pop(), case, "doctor", chance), chance)
    statuses = Counter(Claim.objects.values_list("status", flat=True))
    assert statuses == {"draft": 3, "submitted": 1, "partly_accepted": 1, "rejected": 1, "paid": 1}
    assert not ledger_disagreements()
