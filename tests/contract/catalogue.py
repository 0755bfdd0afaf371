"""What PostgreSQL's own catalogue says about the tables."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class TenantTable:
    """policies: number of policies, and those whose condition does not name the organization in scope."""

    name: str
    enabled: bool
    forced: bool
    policies: int
    open_policies: int


def tenant_tables() -> list[TenantTable]:
    """Every table of the schema, partitions included, that has a column `organization_id`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.oid),
                   count(p.oid) FILTER (WHERE coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
                                              !~ 'current_setting')
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            GROUP BY c.oid ORDER BY c.relname
            """
        )
        return [TenantTable(*row) for row in cursor.fetchall()]


def select(query: str, *parameters: UUID | str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
