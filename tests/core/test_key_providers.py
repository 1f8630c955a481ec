"""AWS KMS (moto's server) and Vault's transit (tests/support/transit.py), both over HTTP on this machine."""

import base64
import os
import time
from io import StringIO

import boto3
import pytest
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context
from moto.server import ThreadedMotoServer

from core import crypto, health, keyring
from core.checks import the_key_provider_is_set_up
from core.keyring import KeyServiceDown, MissingKey, TamperedCiphertext, WrongKey
from core.keys.provider import forget_providers, present_provider, provider_of, unwrap
from core.models import DataKey
from tests.factories.patients import patient
from tests.support.transit import TOKEN, Transit, transit_server

pytestmark = pytest.mark.usefixtures("samaki", "fresh_keys")

CONTEXT = {"schema": "samaki", "purpose": "encryption", "version": "1"}
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _fresh_providers(settings):
    settings.KEY_TIMEOUT_SECONDS, settings.KEY_ATTEMPTS = 2, 2
    forget_providers()
    yield
    forget_providers()


@pytest.fixture(scope="module")
def kms_address():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def aws(settings, kms_address, monkeypatch):
    """A KMS key; its id is returned."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")  # pragma: allowlist secret
    settings.KEY_PROVIDER, settings.KEY_AWS_ENDPOINT = "aws", kms_address
    settings.KEY_AWS_REGION = "ap-southeast-1"
    client = boto3.client("kms", region_name="ap-southeast-1", endpoint_url=kms_address)
    settings.KEY_AWS_KEY_ID = client.create_key()["KeyMetadata"]["KeyId"]
    return settings.KEY_AWS_KEY_ID


@pytest.fixture
def vault(settings):
    with transit_server() as server:
        settings.KEY_PROVIDER, settings.KEY_VAULT_ADDRESS, settings.KEY_VAULT_TOKEN = "vault", server.address, TOKEN
        yield server


@pytest.fixture(params=["local", "aws", "vault"])
def provider(request, settings):
    if request.param != "local":
        request.getfixturevalue(request.param)
    settings.KEY_PROVIDER = request.param
    return request.param


def test_a_key_opens_in_its_own_context_only(provider):
    wrapped = present_provider().wrap(KEY, CONTEXT)
    assert provider_of(wrapped) == provider
    assert unwrap(wrapped, CONTEXT) == KEY
    assert base64.b64encode(KEY).decode().rstrip("=") not in wrapped
    for other in ({"schema": "royal"}, {"purpose": "index"}, {"version": "2"}):
        with pytest.raises(WrongKey):
            unwrap(wrapped, CONTEXT | other)


def test_a_changed_text_does_not_open(provider):
    wrapped = present_provider().wrap(KEY, CONTEXT)
    head, tail = wrapped[:-12], wrapped[-12:]
    changed = head + ("A" if tail[0] != "A" else "B") + tail[1:]
    with pytest.raises(WrongKey):
        unwrap(changed, CONTEXT)


def test_a_hospital_lives_with_it(provider):
    DataKey.objects.all().delete()
    crypto.create_hospital_keys()
    keyring.forget_keys()
    old = crypto.encrypt(b"Sok", aad="x")
    assert {provider_of(row.wrapped) for row in DataKey.objects.all()} == {provider}
    crypto.rotate_hospital_key()
    assert crypto.decrypt(old, aad="x") == b"Sok"
    assert crypto.is_current(crypto.encrypt(b"Sok", aad="x"))


def test_pages_wait_for_the_service_once_in_a_process_life(vault: Transit, settings):
    DataKey.objects.all().delete()
    crypto.create_hospital_keys()
    keyring.forget_keys()
    token = crypto.encrypt(b"Sok", aad="x")
    asked, vault.delay = vault.asked, 1.0
    settings.KEY_RING_SECONDS = 0
    began = time.monotonic()
    for _ in range(20):
        assert crypto.decrypt(token, aad="x") == b"Sok"
    assert vault.asked == asked
    assert time.monotonic() - began < 1


def test_opened_keys_outlive_the_service(vault: Transit, settings):
    DataKey.objects.all().delete()
    crypto.create_hospital_keys()
    token = crypto.encrypt(b"Sok", aad="x")
    vault.failures = 1_000
    settings.KEY_RING_SECONDS = 0
    assert crypto.decrypt(token, aad="x") == b"Sok"


def test_a_short_failure_is_tried_again(vault: Transit):
    vault.failures = 1
    assert unwrap(present_provider().wrap(KEY, CONTEXT), CONTEXT) == KEY


def test_a_service_that_is_down_is_told_from_a_wrong_key(vault: Transit):
    wrapped = present_provider().wrap(KEY, CONTEXT)
    vault.failures = 1_000
    with pytest.raises(KeyServiceDown, match="Vault"):
        unwrap(wrapped, CONTEXT)


def test_a_silent_service_is_given_up_in_time(vault: Transit, settings):
    settings.KEY_TIMEOUT_SECONDS, settings.KEY_ATTEMPTS = 0.2, 2
    vault.delay = 3.0
    began = time.monotonic()
    with pytest.raises(KeyServiceDown):
        present_provider().wrap(KEY, CONTEXT)
    assert time.monotonic() - began < 2.5


def test_another_key_or_token_of_vault_is_refused(vault: Transit, settings):
    wrapped = present_provider().wrap(KEY, CONTEXT)
    vault.keys["hospitals"] = os.urandom(32)
    with pytest.raises(WrongKey):
        unwrap(wrapped, CONTEXT)
    settings.KEY_VAULT_TOKEN = "another"
    forget_providers()
    with pytest.raises(WrongKey, match="Forbidden"):
        unwrap(wrapped, CONTEXT)


def test_kms_that_nobody_answers_for(settings, aws):
    settings.KEY_AWS_ENDPOINT, settings.KEY_TIMEOUT_SECONDS = "http://127.0.0.1:9", 1
    forget_providers()
    with pytest.raises(KeyServiceDown, match="AWS KMS"):
        present_provider().wrap(KEY, CONTEXT)


def test_a_key_that_kms_does_not_know_is_refused(settings, aws):
    settings.KEY_AWS_KEY_ID = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(WrongKey, match="NotFound"):
        present_provider().wrap(KEY, CONTEXT)


@pytest.mark.parametrize("name", ["", "azure"])
def test_an_unknown_provider_is_said_loudly(settings, name):
    settings.KEY_PROVIDER = name
    with pytest.raises(MissingKey, match="local"):
        present_provider()


def test_keys_move_between_providers_and_back(aws, settings, royal):
    token = crypto.encrypt(b"Sok", aad="x")  # wrapped by MASTER_KEY when the hospital was made
    said = StringIO()
    call_command("rewrap_keys", stdout=said)
    assert "samaki: 2 keys" in said.getvalue()
    keyring.forget_keys()
    assert {provider_of(row.wrapped) for row in DataKey.objects.all()} == {"aws"}
    assert crypto.decrypt(token, aad="x") == b"Sok"
    with transit_server() as vault:
        settings.KEY_PROVIDER, settings.KEY_VAULT_ADDRESS, settings.KEY_VAULT_TOKEN = "vault", vault.address, TOKEN
        call_command("rewrap_keys", stdout=StringIO())
        settings.KEY_PROVIDER = "local"
        call_command("rewrap_keys", stdout=StringIO())
    forget_providers()
    keyring.forget_keys()
    assert crypto.decrypt(token, aad="x") == b"Sok"
    with schema_context("royal"):
        assert {provider_of(row.wrapped) for row in DataKey.objects.all()} == {"local"}


def test_keys_are_wrapped_again_when_the_service_s_own_key_was_renewed(vault: Transit):
    crypto.rewrap_hospital_keys()
    before = set(DataKey.objects.values_list("wrapped", flat=True))
    assert crypto.rewrap_hospital_keys() == 0
    assert crypto.rewrap_hospital_keys(again=True) == len(before)
    assert not before & set(DataKey.objects.values_list("wrapped", flat=True))


def test_a_key_of_another_hospital_moves_nowhere(aws):
    with schema_context("royal"):
        theirs = DataKey.objects.get(purpose="encryption").wrapped
    DataKey.objects.filter(purpose="encryption").update(wrapped=theirs)
    before = set(DataKey.objects.values_list("wrapped", flat=True))
    with pytest.raises(TamperedCiphertext):
        crypto.rewrap_hospital_keys()
    assert set(DataKey.objects.values_list("wrapped", flat=True)) == before


def test_what_does_not_open_is_said_and_never_blank(client_for, caplog):
    """A changed cell of one patient: the page says so, the log names the column and nothing of the person."""
    person = patient(phone="+85512765432")
    desk = client_for("receptionist")
    with connection.cursor() as cursor:
        foreign = crypto.encrypt(b"Somebody", aad="elsewhere")
        cursor.execute("UPDATE patients_patient SET family_name = %s WHERE id = %s", [foreign, person.pk])
    answer = desk.get(f"/patients/{person.pk}/")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "This record cannot be opened." in page
    assert person.given_name not in page
    said = [record.getMessage() for record in caplog.records if record.name == "core.middleware"]
    assert said == [
        "Encrypted data cannot be opened: TamperedCiphertext: Does not open as patients_patient.family_name of samaki"
    ]


def test_with_a_wrong_master_key_no_page_shows_a_patient_and_the_process_is_not_ready(client_for, settings):
    person = patient()
    desk = client_for("receptionist")
    assert person.given_name in desk.get(f"/patients/{person.pk}/").content.decode()
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    keyring.forget_keys()
    health.forget()
    for address in ("/patients/", f"/patients/{person.pk}/"):
        answer = desk.get(address)
        assert (answer.status_code, person.given_name in answer.content.decode()) == (503, False)
    assert desk.htmx(f"/patients/{person.pk}/").status_code == 503
    ready = desk.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["keys"]) == (503, "unavailable")
    health.forget()


@pytest.mark.parametrize(
    ("name", "needed"), [("aws", "KEY_AWS_KEY_ID"), ("vault", "KEY_VAULT_ADDRESS"), ("x", "local")]
)
def test_a_provider_that_is_not_set_up_is_found_before_production(settings, name, needed):
    settings.KEY_PROVIDER = name
    (found,) = the_key_provider_is_set_up(None)
    assert needed in found.msg
