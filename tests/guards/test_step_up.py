"""Which acts ask once more who is there; a new act of a kind that hurts must be listed on one side or the other."""

import re
import uuid
from urllib.parse import urlencode

import pytest

from tests.guards.addresses import named_views

MAPS = ("console", "portal")
STEP_UP = {
    "accounts:staff-new",
    "accounts:staff-edit",
    "accounts:staff-close",
    "accounts:staff-reopen",
    "accounts:role-edit",
    "accounts:role-new",
    "accounts:role-retire",
    "accounts:policy-edit",
    "accounts:sso-edit",
    "patients:access-edit",
    "oversight:rules-edit",
    "email-codes:enrol",
    "email-codes:off",
    "accounts:support-consent",
    "billing:closing-new",
    "billing:journal-file",
    "cashoffice:day-close",
    "reports:money-file",
    "reports:money-services-file",
    "reports:money-turnover-file",
    "reports:money-owing-file",
    "console:visit-new",
    "billing:credit-approve",
    "billing:deposit-refund-approve",
    "billing:rate-feed",
    "claims:ageing-file",
    "claims:batch-archive",
    "claims:batch-file",
    "claims:batch-submit",
    "claims:channel-edit",
    "claims:claim-return",
    "claims:write-off-approve",
    "gateways:khqr-edit",
    "gateways:stripe-edit",
    "gateways:checkout-accept",
    "gateways:callback-renew",
    "gateways:qr-accept",
    "billing:concession-approve",
    "billing:write-off-approve",
    "billing:discount-rules",
    "billing:vat-rules",
    "billing:payout-pay",
    "billing:share-new",
    "billing:reminder-rules",
    "billing:grant-confirm",
    "oversight:trail-export",
    "oversight:export-file",
    "patients:erasure-new",
    "patients:erasure-decide",
    "patients:retention-release",
    "patients:retention-edit",
    "patients:hold-new",
    "patients:hold-lift",
    "patients:export-new",
    "patients:export-fetch",
    "patients:export-file",
    "oversight:alert-report",
    "oversight:alert-table",
    "console:hospital-suspend",
    "console:hospital-activate",
    "console:role-template-edit",
    "billing:shift-stand-in",
    "cashoffice:rules-edit",
}
# Names of this kind hurt; those that do not are named with the reason.
HURTS = re.compile(
    r"role-(edit|new|retire|template-edit)|staff-(edit|close)|export|refund|merge|rotat|eras|hold-|suspend|impersonat"
)
HARMLESS = {
    "patients:erasure-list": "says what was asked for",
    "patients:erasure-detail": "says what was asked for",
    "patients:erasure-take-back": "keeps a record that was to be erased",
    "billing:journal-export": "asks for the days; the file itself is billing:journal-file",
    "billing:deposit-refund": "shows what was asked for",
    "billing:deposit-refund-new": "asks; somebody else approves with a proof",
    "billing:deposit-refund-decline": "keeps the money where it is",
    "billing:deposit-refund-print": "a paper about what was paid back",
    "billing:deposit-refund-show": "a paper about what was paid back",
    "billing:refund-print": "a paper about what was paid back",
    "billing:refund-show": "a paper about what was paid back",
    "billing:deposit-refund-pay": "pays what somebody else has just approved with a proof",
    "billing:refund-pay": "pays what somebody else has just approved with a proof",
    "patients:export-detail": "says how far the archive is; fetching it asks",
    "oversight:export-detail": "says what was taken out, without the rows",
}


def _views():
    found = {}
    for name in MAPS:
        found |= {full: view for full, view in named_views(name) if not full.startswith("admin:")}
    return found


def test_what_asks_once_more_is_just_this_list():
    assert {name for name, view in _views().items() if getattr(view, "steps_up", False)} == STEP_UP


def test_every_act_of_a_kind_that_hurts_is_decided():
    kinds = {name for name in _views() if HURTS.search(name)}
    assert kinds - STEP_UP - HARMLESS.keys() == set()


@pytest.mark.parametrize("path", ["/staff/new/", "/staff/sign-in/", "/patients/erasures/new/?number=P-1"])
def test_an_old_proof_leads_to_a_new_one_and_back(samaki, admin, client_for, path):
    client = client_for()
    client.sign_in(admin, fresh=False)
    assert client.get(path)["Location"] == f"/account/reauthenticate/?{urlencode({'next': path})}"
    client.sign_in(admin)
    assert client.get(path).status_code == 200


def test_a_form_sent_too_late_does_nothing_until_it_is_sent_again(samaki, admin, nurse, client_for):
    client = client_for()
    client.sign_in(admin, fresh=False)
    form = {"_once": str(uuid.uuid4())}
    late = client.post(
        f"/staff/{nurse.pk}/close/", form, headers={"Referer": "http://portal.samaki.localhost/staff/?q=x"}
    )
    assert late["Location"] == "/account/reauthenticate/?next=%2Fstaff%2F%3Fq%3Dx"
    nurse.refresh_from_db()
    assert nurse.is_active
    wrong = client.post("/account/reauthenticate/?next=/staff/", {"password": "not-the-password"})
    assert wrong.status_code == 200
    assert client.post(f"/staff/{nurse.pk}/close/", form)["Location"].startswith("/account/reauthenticate/")
    right = client.post("/account/reauthenticate/?next=/staff/", {"password": "demo-hospital-2026"})
    assert right["Location"] == "/staff/"
    assert client.post(f"/staff/{nurse.pk}/close/", form)["Location"] == "/staff/"
    nurse.refresh_from_db()
    assert not nurse.is_active


def test_a_referer_of_another_host_leads_nowhere_else(samaki, admin, nurse, client_for):
    client = client_for()
    client.sign_in(admin, fresh=False)
    late = client.post(f"/staff/{nurse.pk}/close/", {}, headers={"Referer": "https://evil.example/staff/"})
    assert late["Location"] == "/account/reauthenticate/?next=%2F"


def test_htmx_is_sent_to_the_whole_page(samaki, admin, nurse, client_for):
    client = client_for()
    client.sign_in(admin, fresh=False)
    answer = client.htmx(f"/staff/{nurse.pk}/close/", {}, method="post")
    assert answer["HX-Redirect"].startswith("/account/reauthenticate/?next=")


def test_who_may_not_is_refused_before_being_asked(samaki, doctor, client_for):
    client = client_for()
    client.sign_in(doctor, fresh=False)
    assert client.get("/staff/new/").status_code == 403
