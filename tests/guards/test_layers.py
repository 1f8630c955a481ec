"""Relations between models follow the same arrows as imports; import-linter cannot see a foreign key given by name."""

import tomllib

from django.apps import apps
from django.db.models import Model

from tests.guards.sources import ROOMS, ROOT


def _ranks() -> dict[str, tuple[int, int]]:
    """Room to (floor, place on the floor): rooms on one floor never refer to each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    ranks = {}
    for floor, layer in enumerate(reversed(layers)):
        for place, room in enumerate(layer.split("|")):
            ranks[room.strip()] = floor, place
    return ranks


def _points_down(source: str, target: str, ranks: dict[str, tuple[int, int]]) -> bool:
    return source == target or ranks[source][0] > ranks[target][0]


def _relations(model: type[Model]) -> list[tuple[str, str]]:
    forward = (field for field in model._meta.get_fields() if field.is_relation and not field.auto_created)
    return [(field.name, field.related_model._meta.app_label) for field in forward if field.related_model]


def test_every_room_has_its_floor():
    assert set(ROOMS) <= set(_ranks())


def test_foreign_keys_point_down():
    ranks = _ranks()
    wrong = [
        f"{model._meta.label}.{field} -> {target}"
        for model in apps.get_models()
        if model._meta.app_label in ranks
        for field, target in _relations(model)
        if target in ranks and not _points_down(model._meta.app_label, target, ranks)
    ]
    assert wrong == []
