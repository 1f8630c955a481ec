"""Every table and field of a hospital has a name for people, in each language."""

import ast
import inspect

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from audit.registry import NOT_TRAILED
from oversight.words import ROOMS, TABLES, field_in_words, room_of, table_in_words
from oversight.words.fields import FIELDS
from oversight.words.pages import EVENTS, PAGES
from tests.guards import sources
from tests.guards.addresses import named_views


def trailed_models():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_config.name in settings.TENANT_APPS and model._meta.db_table not in NOT_TRAILED:
            yield model


def test_every_trailed_table_has_a_name_and_a_room():
    tables = {model._meta.db_table for model in trailed_models()}
    assert tables - TABLES.keys() == set(), "add it to oversight/words/tables.py"
    assert {table for table in tables if room_of(table) not in ROOMS} == set()


def test_every_trailed_field_has_a_name():
    nameless = {
        f"{model._meta.label}.{field.name}"
        for model in trailed_models()
        for field in model._meta.concrete_fields
        if not isinstance(field._verbose_name, Promise) and field.name not in FIELDS
    }
    assert nameless == set(), "give the field a label to be translated, or add its name to oversight/words/fields.py"


def test_names_speak_the_reader_s_language():
    branch = apps.get_model("patients", "Patient")._meta.get_field("registered_at_branch")
    assert field_in_words(branch) == "Registered at branch"
    with override("km"):
        assert field_in_words(branch) == "ចុះឈ្មោះនៅសាខា"
        assert table_in_words("clinical_note") != "Note"
    with override("zh-hans"):
        assert field_in_words(branch) == "登记分院"


def noted_names(*functions):
    """The names that views give to what they note in the trail."""
    for path in sources.python():
        if sources.name(path).startswith(("tests/", "demo/")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions:
                yield from (arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant))


def test_every_page_and_paper_has_a_name():
    names = {*noted_names("record_printing", "record_export", "record_reading")} - TABLES.keys()
    assert names - PAGES.keys() == set(), "add it to oversight/words/pages.py"


def calls_of(view):
    """What a view calls, by name, with what the functions of its module call for it."""
    view = inspect.unwrap(view)
    functions = {
        node.name: {call.func.id for call in ast.walk(node) if isinstance(call, ast.Call) and hasattr(call.func, "id")}
        for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(view))))
        if isinstance(node, ast.FunctionDef)
    }
    reached, ahead = set(), [view.__name__]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(functions.get(name, ()))
    return reached


def test_every_page_with_a_patient_s_banner_has_a_name():
    """The banner notes the reading by the address's name where the view has noted none."""
    banners = {
        name
        for name, view in named_views("portal")
        if inspect.isfunction(inspect.unwrap(view))
        and (called := calls_of(view)) & {"banner_of", "dispense_page"}
        and "record_reading" not in called
    }
    assert "billing:credit-new" in banners
    assert banners - PAGES.keys() == set(), "add it to oversight/words/pages.py"


def test_every_event_has_a_name():
    names = {*noted_names("record_event")} - TABLES.keys() - {""}
    assert names - EVENTS.keys() == set(), "add it to oversight/words/pages.py"
