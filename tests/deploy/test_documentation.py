"""Whoever runs it finds every variable explained."""

import re

from tests.guards import sources

_READ = re.compile(r"(?:env\.(?:text|flag|number|words)|environ\.get)\(\s*\"([A-Z_]+)\"")
_KNOWN_TO_EVERYBODY = {"PATH"}


def test_every_environment_variable_is_documented():
    text = (sources.ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"`([A-Z_]+)`", text))
    read = {
        name
        for path in sources.files(".py", under=("config", "deploy", *sources.ROOMS))
        for name in _READ.findall(path.read_text())
    }
    assert read - documented - _KNOWN_TO_EVERYBODY == set()
