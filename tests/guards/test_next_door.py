"""What was made in one hospital is worth nothing next door: links, cookies, sessions, keys of screens, files.

Everything is found by inspection (sources that sign or draw secrets, models of files, URL maps, the Django admin's
register) and must be driven here or excused by name: a new one without a case fails.
"""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory
from django_tenants.utils import schema_context

from accounts import devices
from accounts.models import Branch, EmailCode, Invitation, SupportVisit, User
from accounts.services import email_codes, staff, visits
from accounts.sso import session as sso_session
from billing import links as receipts
from billing.services.drawers import save_drawer
from core import asking
from core.crypto import TamperedCiphertext
from core.ids import new_id
from core.rotation import models_of_files
from gateways import links as payment_links
from gateways.queries.requests import screen_by_key
from gateways.services.accounts import open_screen
from patients import links
from queueing.services.displays import create_display
from tests.factories.patients import patient
from tests.guards import sources
from tests.guards.test_doors import addresses

# --- Tokens, links and cookies ----------------------------------------------------------------------------------------
SIGNS = re.compile(r"\bsigning\.(dumps|loads)|TimestampSigner|\bSigner\(|secrets\.token|salted_hmac|aad=")
# What encrypts values of rows, which test_encryption and tests/core/test_crypto.py drive, or belongs to no hospital.
NOT_HANDED_OUT = {
    "accounts/adapter.py": "secrets of second factors in their rows",
    "accounts/services/attempts.py": "a digest within keys of the cache, which name the schema",
    "hospitals/checks.py": "tries the keys",
    "reports/masking/copying.py": "values of rows of the copy",
    "reports/masking/service.py": "the key of one copy's inventions, forgotten with it; a password",
    "oversight/difference.py": "opens values of the trail as their rows would",
    "core/fields.py": "values of rows, bound to schema, table, column and id",
    "core/storage.py": "files, driven below",
    "core/rotation.py": "renews what stands in rows",
    "accounts/sso/client.py": "a question of this session, kept in it",
}


def request_of(user: Any = None) -> Any:
    request = RequestFactory().get("/")
    request.user, request.session = user or AnonymousUser(), SimpleNamespace(session_key="k" * 32)
    return request


def invitation() -> str:
    return staff.invitation_token(staff.invite(user=User.objects.get(username="nurse"), by=None))


def opens_invitation(token: str) -> bool:
    try:
        return isinstance(staff.open_invitation(token), Invitation)
    except staff.InvitationUnusable:
        return False


def device() -> str:
    response = HttpResponse()
    devices.remember_person(request_of(), response, "nurse")
    return response.cookies[devices.COOKIE].value


def opens_device(token: str) -> bool:
    request = request_of()
    request.COOKIES[devices.COOKIE] = token
    return bool(devices.known_device(request, "nurse"))


def document() -> str:
    return links.address_of(DOCUMENT).rstrip("/").rpartition("/")[2]


def visit() -> str:
    owner = User.objects.get(username="owner")
    visits.allow_visits(until=visits.today(), by=owner)
    person = User.objects.get(username="doctor")
    browser = visits.browser_of(request_of())
    return visits.prepare_visit(person=person.pk, reason="x", supporter="s", supporter_id=new_id(), browser=browser)


def opens_visit(token: str) -> bool:
    visits.allow_visits(until=visits.today(), by=User.objects.get(username="owner"))
    return SupportVisit.objects.filter(token=visits._digest(token)).exists()


def code() -> str:
    made = EmailCode(id=DOCUMENT)
    return email_codes.digits_of(made)


def question() -> str:
    return asking.sealed(request_of(SimpleNamespace(pk=DOCUMENT)), q="sok").partition("=")[2]


def opens_question(token: str) -> bool:
    request = request_of(SimpleNamespace(pk=DOCUMENT))
    request.GET = RequestFactory().get(f"/?find={token}").GET
    return "q" in asking.asked(request)


def sign_on() -> str:
    request = request_of()
    request.session = {}
    sso_session.keep_token(request, "a token of the provider")
    return request.session["sso_token"]


def opens_sign_on(token: str) -> bool:
    request = request_of()
    request.session = {"sso_token": token}
    try:
        return bool(sso_session.kept_token(request))
    except TamperedCiphertext:
        return False


def screen() -> str:
    return create_display(name="Hall", branch=Branch.objects.get(), by=User.objects.get(username="admin"))[1]


def opens_screen(key: str) -> bool:
    from queueing.boards import find_display

    return find_display(key) is not None


def payer_screen() -> str:
    branch, owner = Branch.objects.get(), User.objects.get(username="owner")
    return open_screen(drawer=save_drawer(branch=branch, code="P1", name="Drawer"), by=owner)[1]


def opens_payer_screen(key: str) -> bool:
    return screen_by_key(key) is not None


def receipt() -> str:
    return receipts.paper_path("receipt", DOCUMENT).rstrip("/").rpartition("/")[2]


def payment_link() -> str:
    return payment_links.pay_path(DOCUMENT).rstrip("/").rpartition("/")[2]


DOCUMENT = new_id()
# Source file: how to make what it hands out, and whether that opens here.
HANDED_OUT: dict[str, tuple[Callable[[], str], Callable[[str], bool]]] = {
    "accounts/devices.py": (device, opens_device),
    "accounts/services/email_codes.py": (code, lambda token: code() == token),
    "accounts/services/staff.py": (invitation, opens_invitation),
    "accounts/services/visits.py": (visit, opens_visit),
    "accounts/sso/session.py": (sign_on, opens_sign_on),
    "billing/links.py": (receipt, lambda token: receipts.print_of("receipt", token) == DOCUMENT),
    "core/asking.py": (question, opens_question),
    "gateways/links.py": (payment_link, lambda token: payment_links.checkout_of(token) == DOCUMENT),
    "gateways/models/screen.py": (payer_screen, opens_payer_screen),
    "patients/links.py": (document, lambda token: links.is_open(DOCUMENT, token)),
    "queueing/models/display.py": (screen, opens_screen),
}


def who_signs() -> set[str]:
    keys = ("audit/", "core/keys/")  # of the installation
    found = (path for path in sources.python() if not sources.name(path).startswith(keys))
    return {sources.name(path) for path in found if SIGNS.search(path.read_text(encoding="utf-8"))}


def test_whatever_signs_is_driven():
    assert who_signs() == {*HANDED_OUT, *NOT_HANDED_OUT}


@pytest.mark.parametrize("source", HANDED_OUT)
def test_what_was_made_next_door_does_not_open(source, samaki):
    make, opens = HANDED_OUT[source]
    with schema_context("royal"):
        token = make()
        assert opens(token), "it opens where it was made"
    assert not opens(token)


# --- Sessions, cookies and addresses ----------------------------------------------------------------------------------
HOSTS = {
    "portal": "portal.royal.localhost",
    "queue": "queue.royal.localhost",
    "console": "console.localhost",
    "landing": "localhost",
}
OPEN_SOURCE = ("gallery", "favicon.ico", "robots.txt", "set-", "health", "metrics")


@pytest.mark.parametrize("surface", HOSTS)
def test_a_session_and_every_cookie_of_samaki_are_a_stranger_s_elsewhere(surface, client_for, royal):
    """The owner's whole cookie jar, at every address without arguments of every other host."""
    client = client_for("owner")
    client.get("/")
    client.defaults["HTTP_HOST"] = HOSTS[surface]
    entered = []
    for address, view in addresses(surface):
        if "<" in address or "(" in address or address.startswith(OPEN_SOURCE):
            continue
        answer = client.get(f"/{address}")
        if getattr(answer, "context", None) and answer.context.get("user") and answer.context["user"].is_authenticated:
            entered.append(address)
        if hasattr(view, "permission"):
            assert answer.status_code in {302, 405}, address
    assert entered == []


def test_platform_staff_are_strangers_in_a_hospital(client_for, royal):
    client = client_for("superadmin", surface="console")
    assert client.get("/").status_code == 200
    client.defaults["HTTP_HOST"] = HOSTS["portal"]
    assert "/login/" in client.get("/")["Location"]


def test_every_address_of_a_waiting_room_is_404_with_the_neighbour_s_key(client_for, royal):
    """The polls of the screens, too: what they remember in Redis lies under the hospital's own keys."""
    with schema_context("royal"):
        key = screen()
        neighbour = client_for(None, hospital="royal", surface="queue")
        etag = neighbour.get(f"/display/{key}/board/")["ETag"]
    client = client_for(None, surface="queue")
    driven = 0
    for address, _view in addresses("queue"):
        if "<str:key>" in address:
            path = "/" + address.replace("<str:key>", key)
            assert "<" not in path, f"no case for {address}"
            assert client.get(path).status_code == 404
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 404
            driven += 1
        else:
            assert "<" not in address, f"no case for {address}"
    assert driven >= 2


def test_the_landing_page_names_no_record():
    assert [address for address, _view in addresses("landing") if "<" in address] == []


def test_the_console_s_addresses_name_rows_of_the_platform_only(client_for, royal):
    """Each with the id of a person, a patient and a branch of Royal: it does not exist."""
    with schema_context("royal"):
        foreign = [User.objects.first().pk, patient().pk, Branch.objects.first().pk]
    client = client_for("superadmin", surface="console")
    driven = 0
    for address, view in addresses("console"):
        if "<" not in address or not hasattr(view, "permission"):
            continue
        for record in foreign:
            path = "/" + re.sub(r"<[^>]+>", str(record), address)
            assert client.get(path).status_code in {404, 405}, path
            assert client.post(path, {"_once": str(new_id())}).status_code in {403, 404, 405, 422}, path
            driven += 1
    assert driven > 20


# --- The Django admin -------------------------------------------------------------------------------------------------


def test_every_admin_page_shows_the_platform_and_no_hospital(client_for, royal):
    with schema_context("royal"):
        marker = User.objects.create_user("zyrqastaff", full_name="Zyrqa Neighbour", email="zyrqa@royal.example")
    client = client_for("superadmin", surface="console")
    assert client.get("/admin/").status_code == 200
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        page = client.get(place)
        assert page.status_code in {200, 403}, place
        assert b"yrqa" not in page.content
        for path in (f"{place}{marker.pk}/change/", f"{place}{marker.pk}/history/", f"{place}{marker.pk}/delete/"):
            assert client.get(path).status_code in {302, 403, 404}, path
            assert b"yrqa" not in client.get(path, follow=True).content


@pytest.mark.parametrize(("surface", "who"), [("portal", "owner"), ("queue", None), ("landing", None)])
def test_there_is_no_admin_site_in_a_hospital(surface, who, client_for):
    client = client_for(who, surface=surface)
    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/login/").status_code == 404


# --- Files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def test_every_model_of_files_keeps_its_name_in_the_one_storage():
    """A field that names a file, of any other kind, would lie outside this."""
    from django.apps import apps
    from django.db.models import FileField

    fields = [field for model in apps.get_models() for field in model._meta.fields]
    strange = [str(field) for field in fields if isinstance(field, FileField)]
    assert strange == []
    assert models_of_files()


@pytest.mark.parametrize("name", ["patients/a-paper", "deep/er/paper"])
def test_a_file_of_next_door_is_neither_found_nor_opened(name, media, samaki):
    with schema_context("royal"):
        default_storage.save(name, ContentFile(b"of royal"))
        kept = Path(default_storage.path(name))
        assert kept.is_relative_to(media / "royal")
    assert not default_storage.exists(name)
    for way in (f"../royal/{name}", f"/{media}/royal/{name}", f"x/../../royal/{name}"):
        with pytest.raises(Exception, match=r"outside|travers|Detected|located|exist|No such|not allowed"):
            default_storage.open(way).read()
    copied = Path(default_storage.path(name))
    assert copied.is_relative_to(media / "samaki")
    copied.parent.mkdir(parents=True)
    copied.write_bytes(kept.read_bytes())
    with pytest.raises(TamperedCiphertext):
        default_storage.open(name).read()


def test_whoever_writes_to_a_disk_is_known():
    """Files that are not kept by the storage, with what lies in them."""
    writes = re.compile(r"\.write_(bytes|text)\(|open\([^)]*[\"'][wax]b?[\"']|NamedTemporaryFile|mkstemp")
    known = {
        "core/assets.py",  # the front end
        "core/pdf_fonts.py",  # fonts
        "core/translations/compiling.py",
        "core/translations/catalogues.py",
        "core/management/commands/messages.py",  # texts of ours
        "audit/stores/local.py",  # checkpoints: hashes and numbers, a folder each schema
        "queueing/management/commands/build_voices.py",  # sounds
        "core/storage.py",
    }
    found = {sources.name(path) for path in sources.python() if writes.search(path.read_text(encoding="utf-8"))}
    assert found <= known, found - known


# --- Streams ----------------------------------------------------------------------------------------------------------


def test_nothing_streams_or_keeps_a_socket_open():
    """A stream would outlive the request that chose the schema; a first one needs a case of its own here."""
    words = re.compile(r"StreamingHttpResponse|text/event-stream|EventSource|WebSocket|hx-ext=.(sse|ws)")
    found = {
        sources.name(path)
        for path in [*sources.python(), *sources.templates(), *sources.files(".js", under=("static/js",))]
        if words.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()
