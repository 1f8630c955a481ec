"""Whoever answers with a file says so in the trail: each paper and each export leaves its record."""

import ast
from pathlib import Path

from tests.guards import sources

ANSWERS = {"pdf_response", "csv_response", "file_response", "bytes_response", "FileResponse", "StreamingHttpResponse"}
RECORDS = {"record_printing", "record_export"}
# What answers with a file and tells nothing of the hospital's records, with the reason.
EXCEPTIONS = {
    "core/pdf.py:pdf_response": "the answer itself; its callers are looked at",
    "core/tables.py:csv_response": "the answer itself; its callers are looked at",
    "core/tables.py:file_response": "the answer itself; its callers are looked at",
    "core/tables.py:bytes_response": "the answer itself; its callers are looked at",
    "patients/views/documents.py:document_file": "a paper of the record is read: recorded as a reading",
}


def _word(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _hands_out_a_file(call: ast.Call) -> bool:
    word = _word(call.func)
    if word in ANSWERS:
        return True
    kinds = [keyword.value for keyword in call.keywords if keyword.arg == "content_type"]
    return word.endswith("HttpResponse") and any(
        not (isinstance(kind, ast.Constant) and str(kind.value).startswith("text/plain")) for kind in kinds
    )


def _calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call)]


def file_views(tree: ast.Module) -> list[tuple[str, bool]]:
    """Each function that answers with a file, and whether it also leaves a record."""
    found = []
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            calls = _calls(function)
            if any(_hands_out_a_file(call) for call in calls):
                found.append((function.name, any(_word(call.func) in RECORDS for call in calls)))
    return found


def _all() -> dict[str, bool]:
    return {
        f"{sources.name(path)}:{name}": recorded
        for path in sources.python()
        if not sources.name(path).startswith(("tests/", "demo/", "deploy/"))
        for name, recorded in file_views(ast.parse(Path(path).read_text(encoding="utf-8")))
    }


def test_every_answer_that_is_a_file_leaves_a_record():
    silent = [name for name, recorded in _all().items() if not recorded and name not in EXCEPTIONS]
    assert silent == [], "call audit.services.record_printing or record_export beside the answer"


def test_the_papers_known_today_are_found():
    assert len(_all()) >= 9


def test_the_exceptions_still_exist():
    assert EXCEPTIONS.keys() <= _all().keys()


def test_a_new_file_without_a_record_is_noticed():
    silent = "def export(request):\n    return HttpResponse(rows, content_type='text/csv')\n"
    told = silent.replace("    return", "    record_export('x')\n    return")
    assert file_views(ast.parse(silent)) == [("export", False)]
    assert file_views(ast.parse(told)) == [("export", True)]
