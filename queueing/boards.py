"""The picture of one waiting room: who is called where, who waits. Numbers and rooms, never a name.

A picture has a fingerprint (its ETag). The fingerprint and the mark of the branch's last change lie in Redis, so that
asking again while nothing changed needs one look there and no table at all.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import translation

from core.clock import today
from queueing.models import DisplayScreen, Ticket
from queueing.models.display import hash_key
from queueing.queries import in_calling_order
from queueing.services.board import version_key
from queueing.speech import SUFFIX, call_fragments, spoken_languages
from queueing.states import SHOWN, TicketStatus

PICTURE_LIFETIME = 10  # seconds; after that a screen's picture is drawn anew even when nobody told us of a change
CALLS_SHOWN, WAITING_SHOWN = 6, 40


@dataclass(frozen=True)
class Call:
    key: str  # changes with every recall, so that a screen announces it again
    number: str
    room: str
    room_names: dict[str, str]
    serving: bool
    emergency: bool
    voice: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    branch: UUID
    calls: list[Call]
    waiting: list[str]
    more: int

    @property
    def etag(self) -> str:
        picture = json.dumps(asdict(self), default=str, sort_keys=True)
        return f'"{self.branch.hex}-{hashlib.sha256(picture.encode()).hexdigest()[:24]}"'


def display_key(key_hash: str) -> str:
    return f"queueing:display:{key_hash}"


def find_display(key: str) -> DisplayScreen | None:
    """The active screen with this key."""
    return DisplayScreen.objects.filter(key_hash=hash_key(key), revoked_at__isnull=True).first()


def is_unchanged(key: str, etag: str) -> bool:
    """Whether the screen's picture with this fingerprint is still right, by one look into Redis.

    False whenever that is not certain; then the tables are read.
    """
    branch = etag.strip('"').partition("-")[0]
    seen_key, mark_key = display_key(hash_key(key)), version_key(branch)
    try:
        found = cache.get_many([seen_key, mark_key])
    except Exception:  # a dead Redis makes screens slower, not dark
        return False
    return found.get(seen_key) == [etag, found.get(mark_key)]


def remember(display: DisplayScreen, board: Board, mark: str | None) -> None:
    """Keep the fingerprint with the mark that was read before the tables were: a later change then differs."""
    try:
        cache.set(display_key(display.key_hash), [board.etag, mark], PICTURE_LIFETIME)
    except Exception:
        return


def forget(display: DisplayScreen) -> None:
    """Make the next question of this screen read the tables (it was revoked or changed)."""
    cache.delete(display_key(display.key_hash))


def current_mark(branch_id: UUID) -> str | None:
    try:
        return cache.get(version_key(branch_id))
    except Exception:
        return None


def draw_board(display: DisplayScreen) -> Board:
    """Read the picture from the tables."""
    tickets = list(_tickets(display))
    called = [one for one in tickets if one.status != TicketStatus.WAITING]
    waiting = [one.label for one in tickets if one.status == TicketStatus.WAITING]
    called.sort(key=_latest_call_first)
    return Board(
        branch=display.branch_id,
        calls=[_call(one, display) for one in called[:CALLS_SHOWN]],
        waiting=waiting[:WAITING_SHOWN],
        more=max(0, len(waiting) - WAITING_SHOWN),
    )


def _latest_call_first(ticket: Ticket) -> tuple[bool, float]:
    return ticket.status != TicketStatus.CALLED, -ticket.called_at.timestamp() if ticket.called_at else 0.0


def _tickets(display: DisplayScreen) -> QuerySet[Ticket]:
    """Today's shown tickets of what the screen was set to show; a screen set to nothing shows the whole branch."""
    chosen = Q()
    departments = [one.pk for one in display.departments.all()]
    practitioners = [one.pk for one in display.practitioners.all()]
    if departments:
        chosen |= Q(queue__department__in=departments)
    if practitioners:
        chosen |= Q(queue__practitioner__in=practitioners)
    tickets = Ticket.objects.filter(
        chosen, queue__branch=display.branch_id, queue__date=today(), status__in=SHOWN
    ).select_related("room")
    return in_calling_order(tickets)


def _call(ticket: Ticket, display: DisplayScreen) -> Call:
    room = ticket.room
    return Call(
        key=f"{ticket.pk}-{ticket.call_count}",
        number=ticket.label,
        room=room.code if room else "",
        room_names=_room_names(room, display.languages) if room else {},
        serving=ticket.status == TicketStatus.SERVING,
        emergency=ticket.priority == "emergency",
        voice=_voice(ticket, room.code if room else "", display),
    )


def _room_names(room, languages: list[str]) -> dict[str, str]:
    """The room's name by language; a name that reads the same in two languages stands once."""
    names: dict[str, str] = {}
    for language in languages:
        with translation.override(language):
            if room.name not in names.values():
                names[language] = room.name
    return names


def _voice(ticket: Ticket, room: str, display: DisplayScreen) -> list[str]:
    """Addresses (below static/) of the fragments to be played, language after language."""
    languages = [code for code in display.voice_languages if code in spoken_languages()]
    return [
        f"audio/{language}/{name}{SUFFIX}"
        for language in languages
        for name in call_fragments(label=ticket.label, room=room, language=language)
    ]
