"""The room somebody calls patients into: chosen once, kept in the session, else the one of the person's profile."""

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Branch, Room

SESSION_KEY = "room"


def rooms_for(branch: Branch | None) -> QuerySet[Room]:
    """Rooms of a branch that patients can be called into."""
    return Room.objects.filter(department__branch=branch, is_active=True).select_related("department")


def current_room(request: HttpRequest) -> Room | None:
    rooms = rooms_for(request.workplace.branch)
    chosen = request.session.get(SESSION_KEY)
    if chosen and (room := rooms.filter(pk=chosen).first()):
        return room
    profile = getattr(request.user, "profile", None)
    return rooms.filter(pk=profile.room_id).first() if profile and profile.room_id else None


def choose_room(request: HttpRequest, room: Room) -> None:
    """Remember a room for this session."""
    request.session[SESSION_KEY] = str(room.pk)
