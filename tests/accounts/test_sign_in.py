"""Guessing passwords is slow, tells nothing, and locks no colleague out."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import argon2
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django_tenants.utils import tenant_context

from accounts.backends import StaffBackend
from accounts.models import User
from accounts.services import attempts
from audit.models import Record
from core.addresses import ClientAddressMiddleware, network_of
from tests.cast import PASSWORD

ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def try_password(client: Any, login: str, password: str = "wrong-guess", address: str = "203.0.113.9") -> Any:
    return client.post("/login/", {"login": login, "password": password}, REMOTE_ADDR=address)


def fail(client: Any, login: str, times: int, address: str = "203.0.113.9") -> Any:
    for _ in range(times):
        answer = try_password(client, login, address=address)
    return answer


def events(name: str) -> list[Record]:
    return list(Record.objects.filter(kind="event", after__event=name).order_by("id"))


def test_wrong_passwords_from_one_place_wait_longer_and_longer(samaki, client_for, clock):
    stranger = client_for()
    assert fail(stranger, "doctor", 5).status_code == 200
    sixth = try_password(stranger, "doctor")
    assert sixth.status_code == 200  # looked at, and the next one has to wait
    waits = []
    for _ in range(3):
        refused = try_password(stranger, "doctor", PASSWORD)
        assert refused.status_code == 429
        waits.append(int(refused["Retry-After"]))
        assert f"{waits[-1]} seconds" in refused.content.decode()
        clock.advance(seconds=waits[-1] + 1)
        assert try_password(stranger, "doctor").status_code == 200
    assert waits == [5, 10, 20]
    clock.advance(seconds=60)
    assert try_password(stranger, "doctor", PASSWORD).status_code == 302
    assert fail(client_for(), "doctor", 5).status_code == 200  # being right ends the count


def test_a_stranger_cannot_lock_a_colleague_out_of_the_own_device_or_place(samaki, client_for, clock):
    own, at_home = client_for(), "198.51.100.4"
    assert try_password(own, "doctor", PASSWORD, at_home).status_code == 302
    del own.cookies["sessionid"]
    for number in range(25):
        fail(client_for(), "doctor", 3, f"203.0.113.{number}")
    assert try_password(client_for(), "doctor", PASSWORD, "203.0.113.200").status_code == 429  # from elsewhere: slowed
    assert try_password(own, "doctor", PASSWORD, "192.0.2.77").status_code == 302  # the known device, wherever it is
    assert try_password(client_for(), "doctor", PASSWORD, at_home).status_code == 302  # the known place, any device


def test_a_colleague_at_the_same_desk_cannot_lock_the_ward_out(samaki, client_for, clock):
    ward = "198.51.100.4"
    own = client_for()
    assert try_password(own, "nurse", PASSWORD, ward).status_code == 302
    del own.cookies["sessionid"]
    fail(client_for(), "nurse", 9, ward)
    assert try_password(client_for(), "nurse", PASSWORD, ward).status_code == 429
    assert try_password(own, "nurse", PASSWORD, ward).status_code == 302


def test_trying_many_names_from_one_address_is_slowed_as_well(samaki, client_for, clock):
    stranger = client_for()
    for number in range(51):
        assert try_password(stranger, f"name{number}").status_code == 200
    assert try_password(stranger, "one.more").status_code == 429
    assert try_password(client_for(), "one.more", address="192.0.2.1").status_code == 200


def test_a_hundred_guesses_at_once_are_a_hundred(race):
    def guess() -> str:
        try:
            attempts.begin(login="doctor", address="203.0.113.9")
        except attempts.TooSoon:
            return "refused"
        return "looked at"

    outcome = race(guess, times=24)
    assert outcome.results.count("looked at") <= attempts.PLACE.free + 1


def test_the_counts_belong_to_one_hospital_and_hold_no_name(samaki, royal, client_for):
    fail(client_for(), "doctor", 7)
    assert try_password(client_for(), "doctor").status_code == 429
    assert try_password(client_for(hospital="royal"), "doctor").status_code == 200
    key = cache.make_key(f"attempts.place.{attempts.digest('doctor')}.203.0.113.9")
    assert key.startswith("samaki:")
    assert cache.get(f"attempts.place.{attempts.digest('doctor')}.203.0.113.9")
    with tenant_context(royal):
        assert cache.get(f"attempts.account.{attempts.digest('doctor')}") == 1
    assert "doctor" not in key


def test_a_device_of_one_hospital_is_a_stranger_next_door(samaki, royal, client_for):
    own = client_for()
    try_password(own, "doctor", PASSWORD)
    next_door = client_for(hospital="royal")
    next_door.cookies["device"] = own.cookies["device"].value
    fail(client_for(hospital="royal"), "doctor", 7)
    assert try_password(next_door, "doctor", PASSWORD).status_code == 429


@pytest.mark.parametrize(
    "login", ["doctor", "doctor@samaki.example", "nobody", "nobody@samaki.example", "closed", "new"]
)
def test_every_refusal_costs_one_hash_and_reads_the_same(samaki, client_for, settings, login):
    settings.PASSWORD_HASHERS = ARGON
    User.objects.create_user("closed", "", "right-but-closed-9", is_active=False)
    User.objects.create_user("new", "", None)
    User.objects.filter(username="doctor").update(password=make_password(PASSWORD))
    verify = Argon2PasswordHasher.verify
    with (
        patch("argon2.low_level.hash_secret", wraps=argon2.low_level.hash_secret) as made,
        patch.object(Argon2PasswordHasher, "verify", autospec=True, side_effect=verify) as compared,
    ):
        answer = try_password(client_for(), login)
    assert made.call_count + compared.call_count == 1
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["The username or the password is not right."]


def test_the_right_password_of_a_closed_account_reads_like_a_wrong_one(samaki, client_for):
    User.objects.create_user("closed", "", "right-but-closed-9", is_active=False)
    right = try_password(client_for(), "closed", "right-but-closed-9")
    wrong = try_password(client_for(), "closed", "something-else-77")
    assert right.status_code == wrong.status_code == 200
    assert right.context["form"].non_field_errors() == wrong.context["form"].non_field_errors()


def test_an_older_hash_is_renewed_when_its_owner_signs_in(samaki, doctor, settings):
    settings.PASSWORD_HASHERS = ARGON
    doctor.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    doctor.save()
    assert StaffBackend().authenticate(None, username="doctor", password=PASSWORD) == doctor
    doctor.refresh_from_db()
    assert identify_hasher(doctor.password).algorithm == "argon2"


def test_production_hashes_with_argon2():
    from config.settings import base

    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize(
    "password",
    [
        "short-1",
        "password123456",
        "P@ssw0rd2026!",
        "1234567890123",
        "iloveyou!!2026",
        "Sok-river-moon-4",
        "samaki-river-moon",
        "river-piseth-9x",
        "qwertyuiop",
        "iHospita-lotus-7",
    ],
)
def test_weak_passwords_are_refused(samaki, doctor, password):
    doctor.username = "sok.piseth"
    with pytest.raises(ValidationError):
        validate_password(password, doctor)


def test_a_few_words_that_do_not_belong_together_are_a_password(samaki, doctor):
    validate_password("river-lotus-47-moon", doctor)


def test_the_hospital_decides_how_long_a_password_is(samaki, doctor, admin):
    from core.preferences import set_preference

    set_preference("accounts.password_length", 24, by=admin)
    with pytest.raises(ValidationError, match="at least 24"):
        validate_password("river-lotus-47-moon", doctor)


def test_sign_ins_refusals_and_slowing_down_are_on_record(samaki, doctor, client_for):
    client = client_for()
    try_password(client, "doctor", "not-it-at-all-8")
    try_password(client, "nobody")
    try_password(client, "doctor", PASSWORD)
    known, unknown = events("sign_in_refused")
    assert (known.row_id, known.after["why"], known.address) == (str(doctor.pk), "password", "203.0.113.9")
    assert (unknown.row_id, unknown.after["why"]) == ("", "unknown")
    (signed_in,) = events("signed_in")
    assert (signed_in.row_id, signed_in.actor) == (str(doctor.pk), "doctor")
    fail(client_for(), "cashier", 6, "192.0.2.5")
    (slowed,) = events("sign_in_slowed")
    assert slowed.after["seconds"] == {"place": 5}
    texts = str([record.after for record in Record.objects.filter(kind="event")])
    assert "not-it-at-all-8" not in texts
    assert "nobody" not in texts


def test_a_changed_password_is_on_record(samaki, doctor, client_for):
    client = client_for()
    try_password(client, "doctor", PASSWORD)
    new = "river-lotus-47-moon"
    answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    (changed,) = events("password_changed")
    assert (changed.row_id, changed.actor) == (str(doctor.pk), "doctor")


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        (["127.0.0.1"], "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        (["127.0.0.1"], "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        (["*"], "172.18.0.5", "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        (["127.0.0.1"], "127.0.0.1", "<script>", "127.0.0.1"),
    ],
)
def test_only_our_own_proxy_says_where_a_visitor_comes_from(settings, trusted, peer, forwarded, seen):
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    middleware: Callable[[Any], Any] = ClientAddressMiddleware(lambda request: request.META["REMOTE_ADDR"])
    assert middleware(request) == seen


def test_a_household_of_ipv6_addresses_counts_as_one():
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert settings.TRUSTED_PROXIES == ["127.0.0.1"]
