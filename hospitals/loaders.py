"""What a new hospital is filled with: rooms register loaders, provisioning runs them in its schema."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Loader:
    order: int
    name: str
    load: Callable[[], object]


_loaders: list[Loader] = []


def register(name: str, load: Callable[[], object], order: int = 50) -> None:
    """Let ``load()`` fill every new hospital with the room's starting catalogue; it must be repeatable."""
    _loaders.append(Loader(order, name, load))


def loaders() -> list[Loader]:
    return sorted(_loaders, key=lambda loader: (loader.order, loader.name))
