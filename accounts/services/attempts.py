"""How often passwords may be guessed, without giving anybody the means to lock a colleague out.

Failures slow down where they come from. A device on which the person signed in before, or an address they came from,
has a count of its own for that person: whatever strangers do elsewhere, it stays free. Strangers share counts per
account, per address and per hospital. Nothing here knows whether an account exists: it counts what was typed.

Counts live in the cache under the hospital's own keys and hold digests only. An attempt is counted before the password
is looked at, so that a hundred at once are a hundred, and given back when it was right.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from core import clock
from core.addresses import network_of

KNOWN_DAYS = 30  # how long an address stays known after somebody signed in from it


@dataclass(frozen=True)
class Brake:
    """``free`` failures cost nothing; each further one doubles the wait, ``first`` to ``longest`` seconds."""

    name: str
    free: int
    first: int
    longest: int
    memory: int  # seconds after which the count begins anew

    def wait(self, count: int) -> int:
        over = count - self.free
        return 0 if over <= 0 else min(self.first * 2 ** min(over - 1, 20), self.longest)


DEVICE = Brake("device", free=5, first=5, longest=900, memory=3600)
PLACE = Brake("place", free=5, first=5, longest=900, memory=3600)
ACCOUNT = Brake("account", free=20, first=10, longest=900, memory=3600)
ADDRESS = Brake("address", free=50, first=10, longest=900, memory=900)
HOSPITAL = Brake("hospital", free=300, first=2, longest=30, memory=300)


class TooSoon(Exception):
    """The next attempt from here is looked at after ``seconds``."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(seconds, 1)
        super().__init__(f"wait {self.seconds} s")


@dataclass
class Attempt:
    """One attempt under way, with the counts it stands on."""

    own: tuple[Brake, str]
    shared: list[tuple[Brake, str]]
    slowed: dict[str, int] = field(default_factory=dict)  # brake: seconds, where this attempt made the next one wait

    def counts(self) -> Iterator[tuple[Brake, str]]:
        yield self.own
        yield from self.shared


def digest(login: str) -> str:
    """Stands for what was typed as username or email; the cache and the device's cookie hold no name."""
    return salted_hmac("accounts.attempts", login.strip().lower(), algorithm="sha256").hexdigest()[:24]


def begin(*, login: str, address: str, device: str = "") -> Attempt:
    """Count an attempt and say that it may be looked at. ``device`` names a known device. Raises TooSoon."""
    attempt = _counts_of(digest(login), network_of(address), device)
    if wait := max(_left(key) for _brake, key in attempt.counts()):
        raise TooSoon(wait)
    for brake, key in attempt.counts():
        if wait := brake.wait(_add(brake, key)):
            if not _shut(key, wait):
                raise TooSoon(_left(key))
            attempt.slowed[brake.name] = wait
    return attempt


def give_back(attempt: Attempt) -> None:
    """The password was right: the own count ends, the shared ones lose this attempt."""
    _brake, own = attempt.own
    cache.delete_many([own, f"{own}.shut"])
    for brake, key in attempt.shared:
        if brake.name in attempt.slowed:
            cache.delete(f"{key}.shut")
        try:
            cache.decr(key)
        except ValueError:  # its memory ended meanwhile
            continue


def remember_place(*, login: str, address: str) -> None:
    """Signed in from here: strangers elsewhere no longer slow this person down here."""
    cache.set(_known_key(digest(login), network_of(address)), 1, KNOWN_DAYS * 86_400)


def _counts_of(who: str, network: str, device: str) -> Attempt:
    if device:
        return Attempt((DEVICE, f"attempts.device.{device}.{who}"), [])
    place = (PLACE, f"attempts.place.{who}.{network}")
    if cache.get(_known_key(who, network)):
        return Attempt(place, [])
    return Attempt(
        place,
        [
            (ACCOUNT, f"attempts.account.{who}"),
            (ADDRESS, f"attempts.address.{network}"),
            (HOSPITAL, "attempts.hospital"),
        ],
    )


def _known_key(who: str, network: str) -> str:
    return f"attempts.known.{who}.{network}"


def _left(key: str) -> int:
    """Seconds until the count is open again."""
    until = cache.get(f"{key}.shut")
    return max(math.ceil(until - clock.now().timestamp()), 0) if until else 0


def _add(brake: Brake, key: str) -> int:
    cache.add(key, 0, brake.memory)
    try:
        return cache.incr(key)
    except ValueError:  # forgotten between the two statements
        cache.set(key, 1, brake.memory)
        return 1


def _shut(key: str, seconds: int) -> bool:
    """Close for this long; False when somebody else has just closed it: of many at once one is looked at."""
    until = clock.now().timestamp() + seconds
    if cache.add(f"{key}.shut", until, seconds):
        return True
    if _left(key):
        return False
    cache.set(f"{key}.shut", until, seconds)
    return True
