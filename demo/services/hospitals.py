"""Makes the demo hospitals themselves: register, schema, branches, rooms, staff."""

from collections.abc import Callable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection, transaction
from django_tenants.utils import schema_context

from accounts.models import Branch, Department, Room, StaffProfile, User
from accounts.services.roles import assign_role
from accounts.signs import remember_device
from core import clock
from demo.cast import CAST, HOUSES, PASSWORD, PLATFORM, ROOMS, TOTP_SECRET, Colleague, House, Site
from hospitals.models import Hospital, Plan
from hospitals.services.hospitals import activate_hospital
from hospitals.services.platform import prepare_platform
from hospitals.services.provisioning import provision, register_hospital

Tell = Callable[[str], None]
OPENED_BEFORE = timedelta(days=45)


def make_platform() -> None:
    """The platform's roles, plans and people."""
    prepare_platform()
    for person in PLATFORM:
        user = _user(person, f"{person.username}@platform.example")
        user.is_staff = user.is_superuser = person.role == "superadmin"
        user.save()
        assign_role(user=user, role=person.role, by=None)
        _give_second_factor(user)


def make_hospital(house: House, tell: Tell) -> Hospital:
    """Register and provision one house as a real hospital is, then give it its branches, rooms and people.

    All of it happened before the month that the demo looks back on, so that prices were in force then.
    """
    with clock.freeze(clock.now() - OPENED_BEFORE):
        return _make_hospital(house, tell)


def _make_hospital(house: House, tell: Tell) -> Hospital:
    connection.set_schema_to_public()
    job = register_hospital(
        schema_name=house.schema,
        names=_names(house.names),
        owner_name=CAST[0].name,
        owner_username="owner",
        owner_email=f"owner@{house.schema}.example",
        plan=Plan.objects.get(code=house.plan),
        phone=house.phone,
        address=house.address,
    )
    provision(job, lambda step, percent: tell(f"{house.names[0]}: {percent:3d} %"))
    activate_hospital(hospital=job.hospital, reason="Demonstration", by=User.objects.get(username="superadmin"))
    with schema_context(house.schema), transaction.atomic():
        _make_places(house)
        for person in CAST:
            _hire(person, house)
    return job.hospital


def _make_places(house: House) -> None:
    first = Branch.objects.order_by("code").first()
    for branch in (first, *(_add_site(site, first) for site in house.sites)):
        for department in branch.departments.all():
            for code, english, khmer, chinese in ROOMS.get(department.code, []):
                Room.objects.create(
                    department=department, code=code, name_en=english, name_km=khmer, name_zh_hans=chinese
                )


def _add_site(site: Site, like: Branch) -> Branch:
    branch = Branch.objects.create(code=site.code, address=site.address, **_names(site.names))
    for department in like.departments.all():
        Department.objects.create(
            branch=branch,
            code=department.code,
            kind=department.kind,
            queue_prefix=department.queue_prefix,
            name_en=department.name_en,
            name_km=department.name_km,
            name_zh_hans=department.name_zh_hans,
        )
    return branch


def _hire(person: Colleague, house: House) -> None:
    user = _user(person, f"{person.username}@{house.schema}.example")
    user.save()
    assign_role(user=user, role=person.role, by=None)
    first = Branch.objects.order_by("code").first()
    StaffProfile.objects.update_or_create(
        user=user,
        defaults={
            "title": person.title,
            "specialisation_en": person.specialisation,
            "home_department": Department.objects.filter(branch=first, code=person.department).first(),
            "room": Room.objects.filter(department__branch=first, code=person.room).first(),
        },
    )
    if user.needs_second_factor:
        _give_second_factor(user)


def _user(person: Colleague, email: str) -> User:
    user = User.objects.filter(username=person.username).first() or User(username=person.username)
    user.full_name, user.full_name_native, user.email = person.name, person.native, email
    user.language = person.language
    user.set_password(PASSWORD)
    return user


def _give_second_factor(user: User) -> None:
    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, TOTP_SECRET)
    remember_device(user)


def _names(names: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("name_en", "name_km", "name_zh_hans"), names, strict=True))


def houses_missing() -> list[House]:
    """The demo hospitals that do not exist yet."""
    known = set(Hospital.objects.values_list("schema_name", flat=True))
    return [house for house in HOUSES if house.schema not in known]
