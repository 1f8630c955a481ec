"""What a process remembers beyond a request: every such function and dictionary is known, and none mixes hospitals."""

import ast
from collections.abc import Iterator

import pytest
from django_tenants.utils import schema_context

from core import keyring
from core.crypto import TamperedCiphertext, decrypt, encrypt
from tests.guards import sources

# Functions that remember for the life of the process. None may know a hospital's rows, or its key is the schema.
REMEMBERED = {
    "accounts/backends.py": "hashes of nothing, to answer strangers as slowly as others",
    "clinical/scores.py": "tables of growth and scores",
    "clinical/substances.py": "names of medicines and foods of ours",
    "core/assets.py": "the manifest of the front end",
    "core/db/lean.py": "names of fields",
    "core/models/base.py": "the words of a field's choices, translated when shown",
    "core/keys/local.py": "the installation's master key",
    "core/keys/provider.py": "the provider of keys",
    "core/pdf.py": "sources and fonts of printed papers",
    "core/rates.py": "the connection to Redis",
    "core/stencils.py": "a component's own text; what is filled in is never kept",
    "core/templatetags/ui.py": "icons",
    "core/text.py": "pure functions of their words",
    "oversight/queries/subjects.py": "which table leads to a patient",
    "patients/access.py": "SQL of rules, with stand-ins for person and day",
    "patients/identifiers.py": "kinds of identity papers",
    "patients/lists.py": "lists of countries and relations",
    "reports/masking/names.py": "lists of names",
    "queueing/speech.py": "names of sound files",
}
# Dictionaries of a module that are filled while the process works.
KEPT = {
    "core/keyring.py:_opened": "by schema and wrapped text",
    "core/links.py:_known": "addresses with a place for each id",
    "cashoffice/documents.py:_finders": "a register of our own documents",
    "billing/shift_rules.py:_hindrances": "a register of our own rules",
    "billing/shift_rules.py:_against_acceptance": "a register of our own rules",
    "billing/queries/comparing.py:_checks": "a register of our own checks",
    "insurance/eligibility.py:_checkers": "a register of our own adapters",
    "patients/hindrances.py:_hindrances": "a register of our own rules",
    "patients/holdings.py:_holdings": "a register of our own tables",
    "core/menu.py:_found": "by surface, URL map and rights: labels and addresses of our own code",
    "core/templatetags/remembering.py:_kept": "pieces of frames, driven below",
    "core/keyring.py:_rings": "by schema",
    "core/rates.py:_mine": "keys made by django_tenants.cache.make_key, which names the schema",
    "hospitals/middleware.py:_known": "by host",
}


def remembering() -> Iterator[str]:
    for path in sources.python():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                words = {ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in node.decorator_list}
                if words & {"cache", "lru_cache"}:
                    yield sources.name(path)


def filled_while_working() -> Iterator[str]:
    """Module-level dictionaries, lists and sets that begin empty and that a function of the module writes to."""
    for path in sources.python():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        empty = set()
        for node in tree.body:
            target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
            value = getattr(node, "value", None)
            is_empty = (isinstance(value, ast.Dict) and not value.keys) or (
                isinstance(value, ast.Call) and ast.unparse(value.func) in {"dict", "defaultdict", "OrderedDict"}
            )
            if isinstance(target, ast.Name) and is_empty:
                empty.add(target.id)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and not _registers(function):
                for node in (one for one in ast.walk(function) if isinstance(one, ast.Subscript)):
                    into = node.value if isinstance(node.ctx, ast.Store) else None
                    if isinstance(into, ast.Name) and into.id in empty:
                        yield f"{sources.name(path)}:{into.id}"


def _registers(function: ast.FunctionDef) -> bool:
    """Called while modules are loaded: registers of our own code."""
    return function.name in {"register", "declare", "subscribe", "keep", "mark", "relates", "add"}


def test_whatever_remembers_is_known():
    assert {*remembering()} == set(REMEMBERED)


def test_whatever_is_filled_while_working_is_known():
    assert {*filled_while_working()} == set(KEPT)


def test_a_memory_that_nobody_knows_would_be_noticed(monkeypatch, tmp_path):
    new = tmp_path / "new.py"
    new.write_text("from functools import cache\n_seen = {}\n@cache\ndef names():\n    _seen['x'] = 1\n")
    monkeypatch.setattr(sources, "python", lambda: [new])
    monkeypatch.setattr(sources, "name", lambda path: path.name)
    assert (list(remembering()), list(filled_while_working())) == (["new.py"], ["new.py:_seen"])


def test_pages_remember_nothing_of_the_neighbour(client_for, royal):
    """The same pages for the same roles, here and there in turn: each names its own hospital only."""
    names = {"samaki": ("Samaki Hospital", "portal.samaki"), "royal": ("Royal Hospital", "portal.royal")}
    for who in ("owner", "receptionist", "doctor"):
        for address in ("", "patients/", "staff/", "account/sessions/"):
            for here, there in (("samaki", "royal"), ("royal", "samaki"), ("samaki", "royal")):
                with schema_context(here):
                    page = client_for(who, hospital=here).get(f"/{address}").content.decode()
                assert not any(word in page for word in names[there]), (who, address, here)
                assert address or names[here][0] in page


def test_keys_of_one_hospital_are_never_used_for_another(samaki):
    keyring.forget_keys()
    with schema_context("royal"):
        token = encrypt(b"of royal", aad="x")
    with pytest.raises(TamperedCiphertext):
        decrypt(token, aad="x")
