"""Row-level security as a migration operation: the wall inside PostgreSQL."""

from django.db import migrations

SAME_ORGANIZATION = "organization_id = NULLIF(current_setting('assay.organization', true), '')::uuid"
OWN_USER = "user_id = NULLIF(current_setting('assay.user', true), '')::uuid"
OWN_TOKEN = "token_hash = NULLIF(current_setting('assay.token_hash', true), '')"


def protect(table: str, *, also_readable: str = "", rule: str = SAME_ORGANIZATION) -> migrations.RunSQL:
    """Enable and force row-level security on a tenant table, in the migration that creates it.

    table: database name of the table. rule: condition for every read and write. also_readable: condition that opens
    rows for reading alone, for the look-ups that come before a scope (see tenancy.identify).
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({rule}) WITH CHECK ({rule})",
    ]
    undo = [f"DROP POLICY tenant ON {table}"]
    if also_readable:
        statements.append(f"CREATE POLICY identity ON {table} FOR SELECT USING ({also_readable})")
        undo.append(f"DROP POLICY identity ON {table}")
    undo += [f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"]
    return migrations.RunSQL(sql=";\n".join(statements), reverse_sql=";\n".join(undo))
