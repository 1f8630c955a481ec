"""Which tables are append-only, and which few are not trailed and why. Rooms declare theirs in apps.ready()."""

from django.db.models import Model

APPEND_ONLY: set[str] = {"audit_record", "audit_seal"}

NOT_TRAILED: dict[str, str] = {
    "audit_record": "the trail itself",
    "audit_seal": "the trail's chain",
    "audit_watermark": "where sealing begins to look; says nothing of anybody",
    "django_migrations": "schema history, written by deployments only",
    "django_session": "sign-ins and sign-outs are trailed as events",
    "core_counter": "every number handed out is trailed with the row that carries it",
    "core_event": "carries ids only; the act that published it is trailed",
    "core_delivery": "state of background work",
    "core_submission": "keys of sent forms; what the form did is trailed",
}

HIDDEN: dict[str, tuple[str, ...]] = {
    "accounts_user": ("password",),
    "mfa_authenticator": ("data",),
    "otp_static_statictoken": ("token",),
    "core_datakey": ("wrapped",),
}

FUNCTIONS: list[str] = []  # of rooms, in SQL; "{schema}" stands for the quoted name of the schema

READ_ONLY: set[str] = {"audit_watermark"}  # written by deployments and by the tables' owner's functions only


def append_only(model: type[Model]) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on the model's table, by grants and by triggers."""
    APPEND_ONLY.add(model._meta.db_table)


def not_trailed(table: str, why: str) -> None:
    """Leave a table of machinery out of the trail; a guard test prints the list with the reasons."""
    NOT_TRAILED[table] = why


def read_only(table: str) -> None:
    """Let only deployments write the table: the application's own role may read it."""
    READ_ONLY.add(table)


def install_function(text: str) -> None:
    """Have a room's function made, owned by the tables' owner, wherever the trail is installed."""
    FUNCTIONS.append(text)
