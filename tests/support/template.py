"""Fills the template database: public schema, the hospitals samaki and royal, and the cast in both.

Runs as a process of its own with the owner's role; see databases.py.
"""

import django

HOSPITALS = {
    "samaki": {"name_en": "Samaki Hospital", "name_km": "មន្ទីរពេទ្យសាមគ្គី", "name_zh_hans": "沙玛基医院"},
    "royal": {"name_en": "Royal Hospital", "name_km": "មន្ទីរពេទ្យរ៉ូយ៉ាល់", "name_zh_hans": "皇家医院"},
}


def build() -> None:
    from django.core.management import call_command
    from django.db import connection

    from tests.cast import hire_platform_staff

    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    connection.set_schema_to_public()
    hire_platform_staff()
    for schema, names in HOSPITALS.items():
        build_hospital(schema, names)


def build_hospital(schema: str, names: dict[str, str]) -> None:
    from django_tenants.utils import schema_context

    from core.models import Event
    from hospitals.services.provisioning import provision, register_hospital
    from tests.cast import hire_staff

    provision(
        register_hospital(
            schema_name=schema,
            names=names,
            owner_name="Chan Vuthy",
            owner_username="owner",
            owner_email=f"owner@{schema}.example",
        )
    )
    with schema_context(schema):
        hire_staff(schema)
        Event.objects.all().delete()  # tests of events begin in silence: the owner's invitation is told and done


if __name__ == "__main__":
    django.setup()
    build()
