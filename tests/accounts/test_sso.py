"""Single sign-on believes nothing that its provider did not sign for us, now, in answer to this browser's question."""

import base64
import json
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.db import connection
from django.test import override_settings
from django.utils.html import escape
from django_tenants.utils import schema_context, tenant_context

from accounts.limits import StaffLimitReached, ensure_room_for_one_more
from accounts.models import Role, SsoIdentity, SsoProvider, User
from accounts.services.sso import person_of
from audit.models import Record
from core import fetching
from core.fetching import Unreachable
from hospitals.models import Hospital, Plan, Subscription
from tests.cast import PASSWORD
from tests.support.provider import CLIENT, SECRET, running_provider


@pytest.fixture
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture
def setup(samaki, provider):
    return SsoProvider.objects.create(
        name="Keycloak",
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        role_claim="realm_access.roles",
        role_values={"nurse": ["ward-nurse"], "cashier": ["till", "cash"], "owner": ["boss"]},
        creates_accounts=True,
        is_active=True,
    )


def person(provider, **claims):
    provider.person = {
        "sub": "person-1",
        "preferred_username": "Chan.Dara",
        "name": "Chan Dara",
        "email": "chan.dara@id.example",
        "email_verified": True,
        "realm_access": {"roles": ["ward-nurse"]},
        **claims,
    }


def sign_in(client, provider, path="/login/sso/"):
    sent = client.get(path)
    assert sent.status_code == 302
    return client.get("/login/sso/callback/", provider.sign_in(sent["Location"]))


def refusals():
    return [record.after for record in Record.objects.filter(kind="event", after__event="sso_refused").order_by("id")]


def test_a_new_colleague_signs_in_and_holds_the_claimed_roles(setup, provider, client_for):
    person(provider)
    client = client_for()
    answer = sign_in(client, provider, "/login/sso/?next=/staff/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/staff/me/")
    assert client.get("/staff/me/").status_code == 200
    user = User.objects.get(username="chan.dara")
    assert (user.full_name, user.email, user.role_codes) == ("Chan Dara", "chan.dara@id.example", {"nurse"})
    assert not user.has_usable_password()
    (form,) = provider.seen
    assert form["authorization"].startswith("Basic ")
    assert "client_secret" not in form


def test_the_next_sign_in_finds_the_same_person_with_today_s_roles(setup, provider, client_for):
    person(provider)
    sign_in(client_for(), provider)
    person(provider, name="Somebody Else", email="other@id.example", realm_access={"roles": ["cash"]})
    sign_in(client_for(), provider)
    (identity,) = SsoIdentity.objects.all()
    assert identity.user.role_codes == {"cashier"}
    person(provider, realm_access={"roles": []})
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["why"] == "no_role"


def test_a_colleague_is_joined_by_a_verified_email_and_keeps_the_roles(setup, provider, doctor, client_for):
    person(provider, email=doctor.email.upper())
    assert sign_in(client_for(), provider).status_code == 302
    assert SsoIdentity.objects.get().user == doctor
    assert doctor.role_codes == {"doctor"}


def test_an_unverified_email_joins_nobody(setup, provider, doctor, client_for):
    person(provider, email=doctor.email, email_verified=False)
    assert sign_in(client_for(), provider).status_code == 302
    assert SsoIdentity.objects.get().user != doctor


def test_an_owner_is_never_joined_and_never_made(setup, provider, owner, client_for):
    person(provider, email=owner.email)
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["why"] == "owner"
    person(provider, realm_access={"roles": ["boss"]})
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["why"] == "no_role"


def test_a_closed_account_stays_closed(setup, provider, doctor, client_for):
    person(provider, email=doctor.email)
    sign_in(client_for(), provider)
    User.objects.filter(pk=doctor.pk).update(is_active=False)
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["why"] == "closed"


def test_nobody_is_made_where_the_hospital_does_not_want_it(setup, provider, client_for):
    SsoProvider.objects.update(creates_accounts=False)
    person(provider)
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["why"] == "no_account"
    assert not User.objects.filter(username="chan.dara").exists()


def on_a_plan_for(number):
    with schema_context("public"):
        plan = Plan.objects.create(code=f"for-{number}", name="Small", monthly_usd=1, max_staff=number)
        hospital = Hospital.objects.get(schema_name="samaki")
        Subscription.objects.create(hospital=hospital, plan=plan, starts_on="2099-01-01")


def test_the_plan_s_limit_holds_for_accounts_made_by_single_sign_on(setup, provider, client_for):
    on_a_plan_for(User.objects.filter(is_active=True).count())
    person(provider)
    refused = sign_in(client_for(), provider)
    assert refused.status_code == 403
    assert "all are in use" in refused.content.decode()
    assert refusals()[-1]["why"] == "staff_limit_reached"


def test_two_at_once_do_not_pass_the_limit_together(race, staff):
    on_a_plan_for(User.objects.filter(is_active=True).count() + 1)
    given = SsoProvider.objects.create(
        name="K", issuer="https://id.example", client_id="x", role_values={"nurse": ["n"]}, creates_accounts=True
    )
    numbers = iter(range(100))

    def come():
        claims = {"sub": f"p{next(numbers)}", "preferred_username": "new.one", "roles": ["n"]}
        return person_of(provider=given, claims=claims).username

    outcome = race(come, times=4)
    assert len(outcome.results) == 1
    assert all(isinstance(error, StaffLimitReached) for error in outcome.errors)


def test_the_limit_counts_for_colleagues_added_by_hand_as_well(samaki, admin, client_for):
    on_a_plan_for(User.objects.filter(is_active=True).count())
    with pytest.raises(StaffLimitReached):
        ensure_room_for_one_more()
    form = {"full_name": "N", "username": "new.nurse", "email": "n@samaki.example", "_once": str(uuid.uuid4())}
    form["roles"] = [str(Role.objects.get(code="nurse").pk)]
    assert client_for("admin").post("/staff/new/", form).status_code == 422


# --- Lies -----------------------------------------------------------------------------------------------------------


def _by_another_key(provider, claims):
    return provider.signed(claims, key=provider.other_key)


def _by_an_unknown_key(provider, claims):
    return provider.signed(claims, key=provider.other_key, kid="k9")


def _by_nobody(provider, claims):
    return jwt.encode(claims, "", algorithm="none")


def _by_our_own_secret(provider, claims):
    return jwt.encode(claims, SECRET, algorithm="HS256", headers={"kid": "k1"})


def _by_the_public_key_as_secret(provider, claims):
    """The classic confusion: an HMAC whose key is what everybody can read."""
    import hashlib
    import hmac

    pem = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [json.dumps({"alg": "HS256", "kid": "k1"}).encode(), json.dumps(claims).encode()]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    sign = base64.urlsafe_b64encode(hmac.digest(pem, text, hashlib.sha256)).rstrip(b"=")
    return (text + b"." + sign).decode()


def _changed_after_signing(provider, claims):
    head, _body, sign = provider.signed(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "somebody-else"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{sign}"


LIES = {
    "another key": (_by_another_key, None, "signature"),
    "unknown key": (_by_an_unknown_key, None, "key"),
    "alg none": (_by_nobody, None, "algorithm"),
    "our secret": (_by_our_own_secret, None, "algorithm"),
    "public key as secret": (_by_the_public_key_as_secret, None, "algorithm"),
    "changed": (_changed_after_signing, None, "signature"),
    "nonsense": (lambda provider, claims: "a.b.c", None, "malformed"),
    "issuer": (None, {"iss": "https://evil.example"}, "issuer"),
    "audience": (None, {"aud": "another-client"}, "audience"),
    "many audiences": (None, {"aud": [CLIENT, "another-client"]}, "party"),
    "party": (None, {"aud": [CLIENT, "another-client"], "azp": "another-client"}, "party"),
    "party of one": (None, {"azp": "another-client"}, "party"),
    "nonce": (None, {"nonce": "of-another-question"}, "nonce"),
    "no nonce": (None, {"nonce": None}, "claims"),
    "expired": (None, {"exp": int(time.time()) - 3600}, "expired"),
    "no expiry": (None, {"exp": None}, "claims"),
    "old": (None, {"iat": int(time.time()) - 7200, "exp": int(time.time()) + 7200}, "old"),
    "from the future": (None, {"iat": int(time.time()) + 7200}, "not_yet"),
    "not before": (None, {"nbf": int(time.time()) + 7200}, "not_yet"),
    "no subject": (None, {"sub": ""}, "subject"),
    "other access token": (None, {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "access_token"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_signs_nobody_in(setup, provider, client_for, lie):
    make, changes, why = LIES[lie]
    person(provider)
    provider.make = make
    if changes:

        def change(claims):
            for name, value in changes.items():
                claims[name] = value
                if value is None:
                    del claims[name]

        provider.claims = change
    client = client_for()
    answer = sign_in(client, provider)
    assert answer.status_code == 403
    assert "cannot be trusted" in answer.content.decode()
    assert client.get("/").status_code == 302
    assert not User.objects.filter(username="chan.dara").exists()
    (refusal,) = refusals()
    assert (refusal["why"], refusal["detail"]) == ("token", why)


def test_userinfo_of_somebody_else_is_a_lie(setup, provider, client_for):
    person(provider)
    provider.userinfo = {"sub": "somebody-else", "email": "owner@samaki.example"}
    assert sign_in(client_for(), provider).status_code == 403
    assert refusals()[-1]["detail"] == "userinfo"


def test_userinfo_adds_what_the_token_left_out(setup, provider, client_for):
    person(provider)
    del provider.person["realm_access"]
    provider.userinfo = {"sub": "person-1", "realm_access": {"roles": ["till"]}, "name": "Not Signed"}
    assert sign_in(client_for(), provider).status_code == 302
    user = User.objects.get(username="chan.dara")
    assert (user.role_codes, user.full_name) == ({"cashier"}, "Chan Dara")


def test_an_answer_counts_once(setup, provider, client_for):
    person(provider)
    client = client_for()
    back = provider.sign_in(client.get("/login/sso/")["Location"])
    assert client.get("/login/sso/callback/", back).status_code == 302
    client.post("/logout/")
    again = client.get("/login/sso/callback/", back)
    assert again.status_code == 403
    assert "begin anew" in again.content.decode()
    assert refusals()[-1]["why"] == "state"


def test_an_answer_to_another_browser_s_question_is_refused(setup, provider, client_for):
    """Somebody sends a colleague a link that would sign them in as somebody else."""
    person(provider)
    attacker, colleague = client_for(), client_for()
    back = provider.sign_in(attacker.get("/login/sso/")["Location"])
    colleague.get("/login/sso/")
    assert colleague.get("/login/sso/callback/", back).status_code == 403
    assert client_for().get("/login/sso/callback/", back).status_code == 403


def test_a_stolen_code_is_worth_nothing_in_another_browser(setup, provider, client_for):
    """The code is bound to the browser that asked by PKCE and nonce."""
    person(provider)
    victim, thief = client_for(), client_for()
    stolen = provider.sign_in(victim.get("/login/sso/")["Location"])["code"]
    asked = parse_qs(urlsplit(thief.get("/login/sso/")["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    answer = thief.get("/login/sso/callback/", {"code": stolen, "state": asked["state"][0]})
    assert answer.status_code == 403
    assert refusals()[-1]["why"] == "unreachable"  # the provider refuses the verifier


def test_an_answer_that_names_another_issuer_is_refused(setup, provider, client_for):
    person(provider)
    client = client_for()
    back = provider.sign_in(client.get("/login/sso/")["Location"])
    answer = client.get("/login/sso/callback/", {**back, "iss": "https://evil.example"})
    assert answer.status_code == 403
    assert refusals()[-1]["detail"] == "response_issuer"


def test_an_answer_that_comes_too_late_is_refused(setup, provider, client_for, clock):
    person(provider)
    client = client_for()
    back = provider.sign_in(client.get("/login/sso/")["Location"])
    clock.advance(minutes=11)
    assert client.get("/login/sso/callback/", back).status_code == 403
    assert refusals()[-1]["why"] == "state"


def test_a_provider_that_says_no_signs_nobody_in(setup, provider, client_for):
    client = client_for()
    state = parse_qs(urlsplit(client.get("/login/sso/")["Location"]).query)["state"][0]
    answer = client.get("/login/sso/callback/", {"error": "access_denied", "state": state})
    assert answer.status_code == 403
    assert refusals()[-1]["why"] == "denied"


def test_a_provider_that_describes_another_is_refused(setup, provider, client_for):
    provider.about_changes = {"issuer": "https://evil.example"}
    assert client_for().get("/login/sso/").status_code == 403
    assert refusals()[-1]["detail"] == "speaks of another issuer"


def test_new_keys_of_the_provider_are_fetched_once_a_minute(setup, provider, client_for):
    person(provider)
    sign_in(client_for(), provider)
    provider.key = provider.other_key  # the provider changed its key
    assert sign_in(client_for(), provider).status_code == 302
    provider.make = _by_an_unknown_key
    assert sign_in(client_for(), provider).status_code == 403


# --- The hospital's own ---------------------------------------------------------------------------------------------


def test_the_neighbour_has_no_single_sign_on(setup, royal, provider, client_for):
    assert client_for(hospital="royal").get("/login/sso/").status_code == 404
    assert b"Keycloak" in client_for().get("/login/").content
    assert b"Keycloak" not in client_for(hospital="royal").get("/login/").content
    with tenant_context(royal):
        assert not SsoProvider.objects.exists()


def test_a_question_of_one_hospital_is_no_answer_next_door(setup, royal, provider, client_for):
    person(provider)
    with tenant_context(royal):
        SsoProvider.objects.create(name="K", issuer=provider.issuer, client_id=CLIENT, is_active=True)
    client = client_for()
    back = provider.sign_in(client.get("/login/sso/")["Location"])
    client.defaults["HTTP_HOST"] = "portal.royal.localhost"
    assert client.get("/login/sso/callback/", back).status_code == 403


def test_passwords_may_be_switched_off_but_never_an_owner_s(setup, provider, client_for):
    SsoProvider.objects.update(local_passwords=False)
    wrong = client_for().post("/login/", {"login": "doctor", "password": PASSWORD})
    assert wrong.status_code == 200
    assert client_for().post("/login/", {"login": "owner", "password": PASSWORD}).status_code == 302
    SsoProvider.objects.update(is_active=False)
    assert client_for().post("/login/", {"login": "doctor", "password": PASSWORD}).status_code == 302


def test_signing_out_leads_to_the_provider(setup, provider, client_for):
    person(provider)
    client = client_for()
    sign_in(client, provider)
    page = client.post("/logout/")
    address = page.context["address"]
    assert f'content="0;url={escape(address)}"' in page.content.decode()  # at once: nothing of it waits in a session
    facts = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{provider.issuer}/leave?")
    assert facts["post_logout_redirect_uri"] == ["http://portal.samaki.localhost/login/"]
    assert jwt.decode(facts["id_token_hint"][0], options={"verify_signature": False})["sub"] == "person-1"
    assert client.get("/")["Location"].startswith("/login/")


def test_no_token_and_no_name_lies_readable_in_the_session(setup, provider, client_for):
    person(provider)
    client = client_for()
    sign_in(client, provider)
    kept = str(dict(client.session.items()))
    assert client.session["sso_token"].startswith("v1:")
    assert "chan.dara" not in kept
    assert "eyJ" not in kept


def test_the_provider_s_second_factor_counts_only_where_the_hospital_believes_it(setup, provider, client_for):
    Role.objects.filter(code="nurse").update(requires_second_factor=True)
    person(provider, amr=["pwd", "otp"])
    client = client_for()
    sign_in(client, provider)
    assert "/2fa/" in client.get("/")["Location"]
    SsoProvider.objects.update(trusts_second_factor=True)
    client = client_for()
    sign_in(client, provider)
    assert client.get("/").status_code == 200
    person(provider, amr=["pwd"])
    client = client_for()
    sign_in(client, provider)
    assert "/2fa/" in client.get("/")["Location"]


# --- The admin's screen ---------------------------------------------------------------------------------------------


def form_of(provider, **changes):
    return {
        "name": "Keycloak",
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scopes": "openid email",
        "role_claim": "realm_access.roles",
        "local_passwords": "on",
        "is_active": "on",
        "role_nurse": "ward-nurse, night-nurse",
        "_once": str(uuid.uuid4()),
        **changes,
    }


def test_the_admin_sets_up_and_tests_a_provider(samaki, provider, client_for):
    client = client_for("admin")
    assert client.post("/staff/single-sign-on/", form_of(provider)).status_code == 302
    kept = SsoProvider.objects.get()
    assert (kept.client_secret, kept.role_values) == (SECRET, {"nurse": ["ward-nurse", "night-nurse"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM accounts_ssoprovider")
        assert cursor.fetchone()[0].startswith("v1:")
    assert SECRET not in str(list(Record.objects.filter(table_name="accounts_ssoprovider").values_list("after")))
    page = client.get("/staff/single-sign-on/").content.decode()
    assert SECRET not in page
    assert "http://portal.samaki.localhost/login/sso/callback/" in page
    assert client.post("/staff/single-sign-on/", form_of(provider, client_secret="", name="New")).status_code == 302
    assert SsoProvider.objects.get().client_secret == SECRET
    test = client.get("/staff/single-sign-on/test/")
    assert [point.good for point in test.context["points"]] == [True] * 5
    provider.about_changes = {"issuer": "https://evil.example"}
    assert [point.good for point in client.get("/staff/single-sign-on/test/").context["points"]] == [False]


def test_nobody_else_opens_the_screen(samaki, client_for):
    for who in ("doctor", "auditor", "accountant"):
        assert client_for(who).get("/staff/single-sign-on/").status_code == 403
        assert client_for(who).get("/staff/single-sign-on/test/").status_code == 403


# --- Addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://localhost/",
    ],
)
@override_settings(OUTWARD_ALLOW_PRIVATE_NETWORKS=False, OUTWARD_ALLOW_HTTP=False)
def test_private_networks_are_not_asked(url, monkeypatch):
    monkeypatch.setattr("socket.create_connection", lambda *args, **kwargs: pytest.fail("it connected"))
    with pytest.raises(Unreachable):
        fetching.get_json(url)


@pytest.mark.parametrize(
    "url",
    ["http://id.example/", "file:///etc/passwd", "ftp://id.example/", "https://", "https://me@id.example/"],
)
@override_settings(OUTWARD_ALLOW_HTTP=False)
def test_only_https_is_spoken(url):
    with pytest.raises(Unreachable, match="only https"):
        fetching.get_json(url)


@override_settings(OUTWARD_ALLOW_PRIVATE_NETWORKS=False)
def test_a_name_with_one_private_address_is_not_asked(monkeypatch):
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: both)
    monkeypatch.setattr("socket.create_connection", lambda *args, **kwargs: pytest.fail("it connected"))
    with pytest.raises(Unreachable, match="private"):
        fetching.get_json("https://id.example/")


@override_settings(OUTWARD_ALLOW_PRIVATE_NETWORKS=False)
def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    asked = []

    def connect(address, timeout):
        asked.append(address)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", ("93.184.216.34", 443))])
    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(Unreachable):
        fetching.get_json("https://id.example/")
    assert asked == [("93.184.216.34", 443)]


def test_redirects_are_not_followed_and_answers_stay_small(provider, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 10)
    with pytest.raises(Unreachable, match="too much"):
        fetching.get_json(f"{provider.issuer}/keys")
    with pytest.raises(Unreachable, match="answered 302"):
        fetching._object(302, b"{}")


def test_production_allows_neither_http_nor_private_networks():
    from config.settings import base

    assert base.OUTWARD_ALLOW_HTTP is False
    assert base.OUTWARD_ALLOW_PRIVATE_NETWORKS is False


# --- Once more, for a protected step ----------------------------------------------------------------------------------

PROTECTED = "/patients/access/"


@pytest.fixture
def ward_nurse(setup, provider, client_for):
    """Somebody who has no password here and signed in at the provider this morning; her role may reach the page."""
    Role.objects.filter(code="nurse").update(permissions=["patient:view", "access_policy:manage"])
    person(provider, auth_time=int(time.time()) - 4 * 3600)
    client = client_for()
    sign_in(client, provider)
    return client


def asked_again(client):
    """The provider's address to which the protected page leads, as the browser follows it."""
    led = client.get(PROTECTED)["Location"]
    assert led == "/login/sso/?again=1&next=%2Fpatients%2Faccess%2F"
    return client.get(led)["Location"]


def test_a_protected_step_asks_the_provider_to_ask_again(ward_nurse, provider):
    address = asked_again(ward_nurse)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    person(provider, auth_time=int(time.time()))
    assert ward_nurse.get("/login/sso/callback/", provider.sign_in(address))["Location"] == PROTECTED
    assert ward_nurse.get(PROTECTED).status_code == 200


@pytest.mark.parametrize(
    "moment",
    [
        lambda now: now - 301,
        lambda now: now - 4 * 3600,
        lambda now: now + 3600,
        lambda now: None,
        lambda now: "now",
        lambda now: True,
        lambda now: 0,
    ],
)
def test_a_provider_that_did_not_ask_again_opens_nothing(ward_nurse, provider, moment):
    address = asked_again(ward_nurse)
    person(provider, auth_time=moment(int(time.time())))
    answer = ward_nurse.get("/login/sso/callback/", provider.sign_in(address))
    assert answer.status_code == 403
    assert refusals()[-1] == {"event": "sso_refused", "why": "token", "detail": "not_fresh"}
    assert ward_nurse.get(PROTECTED).status_code == 302


def test_the_moment_is_believed_of_the_signed_token_alone(ward_nurse, provider):
    address = asked_again(ward_nurse)
    person(provider)
    provider.userinfo = {"sub": "person-1", "auth_time": int(time.time())}
    assert ward_nurse.get("/login/sso/callback/", provider.sign_in(address)).status_code == 403


def test_somebody_else_s_proof_opens_nothing(ward_nurse, provider, doctor):
    address = asked_again(ward_nurse)
    person(provider, sub="person-2", preferred_username="other", email=doctor.email, auth_time=int(time.time()))
    assert ward_nurse.get("/login/sso/callback/", provider.sign_in(address)).status_code == 403
    assert ward_nurse.get("/staff/me/").context["request"].user.username == "chan.dara"  # nobody changed places
    assert ward_nurse.get(PROTECTED).status_code == 302


def test_a_proof_grows_stale(ward_nurse, provider, settings):
    person(provider, auth_time=int(time.time()) - 290)
    assert ward_nurse.get("/login/sso/callback/", provider.sign_in(asked_again(ward_nurse))).status_code == 302
    assert ward_nurse.get(PROTECTED).status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 280  # as if ten seconds and more had gone by
    assert ward_nurse.get(PROTECTED).status_code == 302


def test_signing_in_by_an_old_session_of_the_provider_is_no_fresh_proof(setup, provider, client_for):
    Role.objects.filter(code="nurse").update(permissions=["patient:view", "access_policy:manage"])
    for moment, status in ((int(time.time()) - 4 * 3600, 302), (int(time.time()) - 5, 200)):
        person(provider, auth_time=moment)
        client = client_for()
        sign_in(client, provider)
        assert client.get(PROTECTED).status_code == status


def test_nothing_is_sent_by_a_form_that_came_too_late(ward_nurse, provider):
    page = {"referer": f"http://portal.samaki.localhost{PROTECTED}"}
    sent = ward_nurse.post(PROTECTED, {"_once": str(uuid.uuid4()), "treating_days": "1"}, headers=page)
    assert sent["Location"] == "/login/sso/?again=1&next=%2Fpatients%2Faccess%2F"
