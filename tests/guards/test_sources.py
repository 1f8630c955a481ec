"""What may not be written in this house, and why."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.guards import sources

LONGEST_MODULE = 350
LONGEST_TEMPLATE = 130
# Figures that are neither money nor stock nor doses: drawing, and times of the machine.
FLOATS_ALLOWED = {"core/charts.py", "core/metrics.py", "core/clock.py", "reports/charts.py"}


@cache
def _trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sources.python()]


def _at(path: Path, node: ast.AST) -> str:
    return f"{sources.name(path)}:{node.lineno}"  # type: ignore[attr-defined]


def _word(node: ast.AST) -> str:
    """The last word of a name: tenant, self.hospital, schema_context(…)."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_block_enters_a_hospital_object():
    """``with hospital:`` keeps its stack on the class, shared by all threads: rows of others were read through it."""
    found = [
        _at(path, node)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
        if not isinstance(item.context_expr, ast.Call) and _word(item.context_expr) in {"tenant", "hospital"}
    ]
    assert found == []


def test_no_function_is_decorated_with_a_schema():
    """One decorator object serves all threads at once; only the ``with`` form is safe."""
    found = [
        _at(path, decorator)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for decorator in node.decorator_list
        if _word(decorator) in {"schema_context", "tenant_context"}
    ]
    assert found == []


def test_no_float_in_figures():
    """0.1 + 0.2 is not 0.3: money, stock and doses are Decimal."""
    found = [
        _at(path, node)
        for path, tree in _trees()
        if sources.name(path) not in FLOATS_ALLOWED
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _word(node) in {"float", "FloatField"}
    ]
    assert found == []


def test_no_model_signals():
    """Work hidden behind save() is skipped by update() and by bulk_create(), and invisible at the call."""
    found = [
        _at(path, node)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "django.db.models.signals"
        and any(name.name not in {"post_migrate", "pre_migrate"} for name in node.names)
    ]
    assert found == []


def test_no_drawers():
    drawers = {"utils", "helpers", "common", "misc"}
    assert [sources.name(path) for path in sources.files(".py", ".html", ".js") if path.stem in drawers] == []


def test_modules_are_small():
    long = [
        f"{sources.name(path)} ({lines})"
        for path in sources.python()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]
    assert long == []


def test_templates_are_small():
    long = [
        f"{sources.name(path)} ({lines})"
        for path in sources.templates()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_TEMPLATE
    ]
    assert long == []


BANNED_IN_TEMPLATES = {
    "|safe and autoescape off let a patient's name run as script": r"\|\s*safe\b|autoescape\s+off",
    "inline styles are refused by the security policy": r"<style|\sstyle\s*=",
    "inline scripts are refused by the security policy": r"<script(?![^>]*(?:\ssrc\s*=|application/json))[^>]*>",
    "handlers in attributes are refused by the security policy": r"\son[a-z]+\s*=\s*[\"']|javascript:|hx-on",
    "nothing is fetched from elsewhere": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


@pytest.mark.parametrize("why", BANNED_IN_TEMPLATES)
def test_templates_keep_to_the_security_policy(why):
    pattern = re.compile(BANNED_IN_TEMPLATES[why], re.IGNORECASE)
    found = [
        f"{sources.name(path)}: {match.group()}"
        for path in sources.templates()
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == [], why


def test_nothing_leans_on_what_lies_outside_the_project():
    """A clone runs anywhere: no file names this machine's folders or reads beside the checkout."""
    outside = (str(sources.ROOT), "/".join(("..", "shared")))
    found = [
        sources.name(path)
        for path in sources.files(
            ".py", ".html", ".js", ".md", ".toml", ".yaml", ".sh", ".sql", ".css", ".txt", ".typ", ".conf"
        )
        if any(place in path.read_text(encoding="utf-8") for place in outside)
    ]
    assert found == []
