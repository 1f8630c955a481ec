"""The room somebody calls patients into: chosen once, kept in the session, else the one of the person's profile."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Branch, Room
from core.db.kept import Kept
from core.db.lean import showing

SESSION_KEY = "room"


def rooms_for(branch: Branch | UUID | None) -> QuerySet[Room]:
    """Rooms of a branch that patients can be called into."""
    rooms = Room.objects.filter(department__branch=branch, is_active=True)
    return showing(rooms, "name", "department__name")


_rooms = Kept(rooms_for)


def rooms_here(request: HttpRequest) -> list[Room]:
    """The rooms of the branch this person works in, read once a request."""
    kept = request.__dict__
    if "rooms_here" not in kept:
        branch = request.workplace.branch
        kept["rooms_here"] = _rooms(branch.pk) if branch else []
    return kept["rooms_here"]


def current_room(request: HttpRequest) -> Room | None:
    rooms = {str(room.pk): room for room in rooms_here(request)}
    if room := rooms.get(request.session.get(SESSION_KEY, "")):
        return room
    profile = getattr(request.user, "profile", None)
    return rooms.get(str(profile.room_id)) if profile else None


def choose_room(request: HttpRequest, room: Room) -> None:
    """Remember a room for this session."""
    request.session[SESSION_KEY] = str(room.pk)
