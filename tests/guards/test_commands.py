"""Every command of ours can at least be loaded and asked for its options: the seldom used ones break unnoticed."""

import pytest
from django.core.management import get_commands, load_command_class

from tests.guards import sources

OURS = sorted(
    (name, app)
    for name, app in get_commands().items()
    if (sources.ROOT / str(app).replace(".", "/") / "management").is_dir()
)


@pytest.mark.parametrize(("name", "app"), OURS)
def test_a_command_loads_and_explains_itself(name, app):
    command = load_command_class(app, name)
    assert command.help
    assert command.create_parser("manage.py", name).format_help()


def test_our_commands_are_found():
    assert {"bench", "create_hospital", "rotate_keys", "seed_patients", "verify_audit"} <= {name for name, _app in OURS}
