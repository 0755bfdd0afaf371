"""The application's role may use the tables that the owner's role migrated, and nothing more."""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql


def grant_to_application(*, using: str = "default", **_: Any) -> None:
    """Grant after each migration; does nothing when the migrating role is the application's own."""
    role = settings.APPLICATION_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            query = sql.SQL(statement).format(role=sql.Identifier(role))
            cursor.execute(query.as_string(None))
