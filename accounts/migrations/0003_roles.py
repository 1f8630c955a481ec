"""Roles can be retired; what the database itself refuses about owners and retired roles."""

from django.db import migrations, models

VARIABLES = "DECLARE concerned bigint; owners bigint;"
TRIGGERS = [
    """CREATE CONSTRAINT TRIGGER accounts_last_owner_assignment AFTER UPDATE OR DELETE ON accounts_assignment
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_guard_last_owner()""",
    """CREATE CONSTRAINT TRIGGER accounts_last_owner_person AFTER UPDATE ON accounts_user
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
       EXECUTE FUNCTION accounts_guard_last_owner()""",
    """CREATE TRIGGER accounts_owner_role BEFORE UPDATE OR DELETE ON accounts_role
       FOR EACH ROW WHEN (OLD.code = 'owner') EXECUTE FUNCTION accounts_guard_owner_role()""",
    """CREATE TRIGGER accounts_retired_role BEFORE INSERT OR UPDATE OF role_id ON accounts_assignment
       FOR EACH ROW EXECUTE FUNCTION accounts_guard_retired_role()""",
]
# Deferred triggers run at the commit, when the search path may be another one: names carry the table's own schema.
FUNCTIONS = {
    # The owner role is locked by whoever takes an owner away, so two who do it at once count one after the other.
    "accounts_guard_last_owner": """
        IF TG_TABLE_NAME = 'accounts_assignment' THEN
            EXECUTE format('SELECT count(*) FROM %1$I.accounts_role WHERE code = ''owner'' AND id = $1', TG_TABLE_SCHEMA)
                INTO concerned USING (to_jsonb(OLD) ->> 'role_id')::uuid;
        ELSE
            EXECUTE format('SELECT count(*) FROM %1$I.accounts_assignment AS held JOIN %1$I.accounts_role AS role
                ON role.id = held.role_id AND role.code = ''owner'' WHERE held.user_id = $1', TG_TABLE_SCHEMA)
                INTO concerned USING (to_jsonb(OLD) ->> 'id')::uuid;
        END IF;
        IF concerned = 0 THEN
            RETURN NULL;
        END IF;
        EXECUTE format('SELECT 1 FROM %1$I.accounts_role WHERE code = ''owner'' FOR NO KEY UPDATE', TG_TABLE_SCHEMA);
        EXECUTE format('SELECT count(*) FROM %1$I.accounts_assignment AS held
            JOIN %1$I.accounts_role AS role ON role.id = held.role_id AND role.code = ''owner''
            JOIN %1$I.accounts_user AS person ON person.id = held.user_id AND person.is_active', TG_TABLE_SCHEMA)
            INTO owners;
        IF owners = 0 THEN
            RAISE EXCEPTION 'accounts_last_owner: nobody would own the hospital'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,
    "accounts_guard_owner_role": """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'accounts_owner_role: it stays' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.code <> 'owner' OR NEW.retired_at IS NOT NULL OR (
            OLD.permissions @> ARRAY['role:edit', 'staff:manage', 'staff:view']::varchar[]
            AND NOT NEW.permissions @> ARRAY['role:edit', 'staff:manage', 'staff:view']::varchar[]
        ) THEN
            RAISE EXCEPTION 'accounts_owner_role: it keeps its rights over roles and staff'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    # The same lock as a foreign key's: retiring a role waits for who is being given it, and the other way round.
    "accounts_guard_retired_role": """
        EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM %1$I.accounts_role
            WHERE id = $1 AND retired_at IS NULL FOR KEY SHARE) AS found', TG_TABLE_SCHEMA)
            INTO concerned USING NEW.role_id;
        IF concerned = 0 THEN
            RAISE EXCEPTION 'accounts_retired_role: nobody is given a retired role'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
}


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {VARIABLES} BEGIN {body} END $body$"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="role",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        *(
            migrations.RunSQL([(_function(name, body), None)], f"DROP FUNCTION {name}() CASCADE")
            for name, body in FUNCTIONS.items()
        ),
        migrations.RunSQL([(trigger, None) for trigger in TRIGGERS], migrations.RunSQL.noop),
    ]
