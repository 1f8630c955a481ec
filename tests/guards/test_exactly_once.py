"""Every view of ours that acts on POST acts once per form; the few that may act again are named with the reason."""

import importlib
import inspect
import re

import pytest
from django.urls import URLPattern, URLResolver

SPEAKS_OF_POST = re.compile(r"(?<![A-Z])POST(?![A-Z])")
MAPS = ["config.urls_portal", "config.urls_queue", "config.urls_console", "config.urls_landing"]
OURS = {
    "accounts",
    "billing",
    "cashoffice",
    "claims",
    "clinical",
    "core",
    "crm",
    "gateways",
    "hospitals",
    "insurance",
    "laboratory",
    "notifications",
    "oversight",
    "patients",
    "pharmacy",
    "queueing",
    "reports",
}
# Setting the same again changes nothing, and asking writes nothing.
MAY_REPEAT = {
    "core.views.set_language": "sets a preference",
    "gateways.views.public.khqr_callback": "only makes us ask; the bank's number of a transfer is unique",
    "gateways.views.checkouts.stripe_events": "the number of an event is unique",
    "core.shell_views.theme_set": "sets a preference",
    "accounts.views.visits.visit_enter": "its token opens once, and a refusal must stay on record",
    "accounts.views.email_codes.code_sign_in": "a code opens once, and a wrong one must count",
    "accounts.views.email_codes.code_enrol": "a code opens once, and a wrong one must count",
    "accounts.views.workplaces.branch_choose": "sets the session's branch",
    "patients.views.registration.patient_duplicates": "only asks; POST so that no name stands in an address",
    "laboratory.views.results.result_check": "only asks; POST so that no result stands in an address",
    "clinical.views.notes.note_save": "saves a draft while typing, guarded by the note's version",
}


def views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


def our_views():
    for name in MAPS:
        for view in views(importlib.import_module(name).urlpatterns):
            if view.__module__.partition(".")[0] in OURS:
                yield f"{view.__module__}.{view.__name__}", view


@pytest.fixture(scope="module")
def acting():
    """Views whose own source speaks of POST, by their full name."""
    return {name: view for name, view in our_views() if SPEAKS_OF_POST.search(inspect.getsource(inspect.unwrap(view)))}


def test_every_acting_view_acts_once(acting):
    twice = {name for name, view in acting.items() if not getattr(view, "acts_once", False)}
    assert twice <= MAY_REPEAT.keys(), f"without @exactly_once: {sorted(twice - MAY_REPEAT.keys())}"


def test_the_exceptions_still_exist(acting):
    assert MAY_REPEAT.keys() <= acting.keys()
