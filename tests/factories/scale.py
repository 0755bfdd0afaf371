"""Many runs at once, written by PostgreSQL itself: what 100,000 runs look like to lists, searches and pages.

Every value follows from the run's number (from 0), so that tests and benchmarks know what to expect. There is no metric history.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Model

from assay.core import tenancy
from assay.core.engines.postgres import ADMIN
from assay.costs.models import ComputeUse, RunCost, RunFigure
from assay.tracking.models import LatestMetric, Run, RunParam, RunTag
from assay.tracking.services.experiments import create_experiment

START = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 10_000
"""Runs a statement."""

# A UUIDv7 of the experiment and the number, so that each row finds its run again; newer runs have greater ids.
RUN_ID = "(lpad(to_hex(1767225600000 + n * 90000), 12, '0') || '7000' || '8' || substr(md5(%(experiment)s::text), 1, 15))::uuid"
ROW_ID = "gen_random_uuid()"
STARTED = "%(start)s + n * interval '90 seconds'"
SECONDS = "(60 + n %% 7200)"
ENDED = f"{STARTED} + {SECONDS} * interval '1 second'"
COST = f"round(0.096 * {SECONDS} / 3600, 15)"
IS_PRICED = "n %% 10 <> 0"

Columns = Mapping[str, str]
"""Column → SQL of its value, of the run n and the key k."""

OWNED: Columns = {"organization_id": "%(organization)s", "run_id": RUN_ID, "experiment_id": "%(experiment)s"}
RUNS: Columns = {
    "id": RUN_ID,
    "organization_id": "%(organization)s",
    "experiment_id": "%(experiment)s",
    "name": "'run-' || lpad(n::text, 6, '0')",
    "user_name": "(ARRAY['ada', 'ben', 'cleo', 'dan'])[1 + n %% 4]",
    "status": "CASE n %% 20 WHEN 0 THEN 'FAILED' WHEN 1 THEN 'KILLED' ELSE 'FINISHED' END",
    "started_at": STARTED,
    "ended_at": ENDED,
    "lifecycle_stage": "'active'",
    "artifact_uri": "'assay-artifacts:/scale/' || n",
    "created_at": STARTED,
    "last_heartbeat_at": ENDED,
}
METRICS: Columns = {
    **OWNED,
    "key": "'metric_' || lpad(k::text, 2, '0')",
    "step": "99",
    "timestamp_ms": "1767225600000 + n * 90000",
    "value": "(((n::bigint * 7919 + k * 104729) %% 1000003) / 1000003.0)::float8",
    "minimum": "0",
    "maximum": "1",
    "count": "1",
}
PARAMS: Columns = {
    **OWNED,
    "key": "'param_' || lpad(k::text, 2, '0')",
    "value": "CASE k %% 3 WHEN 0 THEN (n %% (k + 2))::text WHEN 1 THEN 'choice-' || (n / k) %% 12 ELSE (1.0 / (1 + n %% 997))::text END",
}
TAGS: Columns = {
    **OWNED,
    "key": "(ARRAY['team', 'assay.compute.instance_type', 'assay.compute.provider'])[k]",
    "value": "(ARRAY[(ARRAY['vision', 'speech', 'ranking'])[1 + n %% 3], 'm5.large', 'aws'])[k]",
}
USES: Columns = {
    "id": ROW_ID,
    "organization_id": "%(organization)s",
    "run_id": RUN_ID,
    "resource_id": "''",
    "started_at": STARTED,
    "ended_at": ENDED,
    "share": "1",
    "provider": "'aws'",
    "instance_type": "'m5.large'",
    "region": "'us-east-1'",
    "lifecycle": "'on-demand'",
    "note": "''",
}
COSTS: Columns = {
    "id": ROW_ID,
    "organization_id": "%(organization)s",
    "run_id": RUN_ID,
    "kind": "'estimate'",
    "basis": "'list'",
    "amount": COST,
    "currency": "'USD'",
    "resource_id": "''",
    "billing_period": "''",
    "created_at": ENDED,
}
FIGURES: Columns = {
    "id": ROW_ID,
    **OWNED,
    "place": "0",
    "state": "'estimate'",
    "currency": "'USD'",
    "amount": COST,
    "is_live": "false",
    "started_at": STARTED,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """priced: runs name a machine that the price book knows, all but every tenth."""

    runs: int
    metrics: int = 50
    params: int = 30
    priced: bool = True


def fill_experiment(organization_id: UUID, scale: Scale, *, name: str = "scale") -> UUID:
    """A new experiment with so many runs; called inside the organization's scope. returns: its id."""
    experiment_id = create_experiment(organization_id, name=name).id
    with connection.cursor() as cursor:
        fill_runs(cursor, organization_id, experiment_id, scale)
    return experiment_id


def fill_runs(cursor: Any, organization_id: UUID, experiment_id: UUID, scale: Scale) -> None:
    """cursor: Django's or psycopg's."""
    values = {"organization": organization_id, "experiment": experiment_id, "start": START}
    for first in range(0, scale.runs, AT_ONCE):
        numbers = {**values, "first": first, "last": min(first + AT_ONCE, scale.runs) - 1}
        _insert(cursor, Run, RUNS, numbers)
        _insert(cursor, LatestMetric, METRICS, numbers, keys=scale.metrics)
        _insert(cursor, RunParam, PARAMS, numbers, keys=scale.params)
        _insert(cursor, RunTag, TAGS, numbers, keys=3 if scale.priced else 1)
        if scale.priced:
            for table, columns in ((ComputeUse, USES), (RunCost, COSTS), (RunFigure, FIGURES)):
                _insert(cursor, table, columns, numbers, where=IS_PRICED)


def run_id_of(experiment_id: UUID, number: int) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {RUN_ID} FROM (SELECT %(number)s::bigint AS n) one", {"experiment": experiment_id, "number": number}
        )
        found: UUID = cursor.fetchone()[0]
    return found


def _insert(
    cursor: Any, table: type[Model], columns: Columns, values: Mapping[str, object], *, keys: int = 1, where: str = "true"
) -> None:
    """Columns that are not named take their model's default."""
    fields = [field for field in table._meta.concrete_fields if field.column]
    rest = {field.column: field.get_default() for field in fields if field.column not in columns and not field.null}
    used = {
        field.column: columns.get(field.column, f"%({field.column})s")
        for field in fields
        if not field.null or field.column in columns
    }
    statement = f"""
    INSERT INTO {table._meta.db_table} ({", ".join(used)}) SELECT {", ".join(used.values())}
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, generate_series(1, %(keys)s) k WHERE {where}
    """
    cursor.execute(statement, {**values, **rest, "keys": keys})


def fill_installation(home: Path, scale: Scale) -> float:
    """As the database's administrator, who may leave out the checks that each row's references cost. returns: seconds."""
    with tenancy.scope(organization_id := tenancy.organization_ids()[0]):
        experiment_id = create_experiment(organization_id, name=f"scale {scale.runs}").id
    begun = time.perf_counter()
    database = connection.settings_dict
    password = (home / "engines" / f"{ADMIN}.password").read_text().strip()
    place = {"host": database["HOST"], "port": database["PORT"], "dbname": database["NAME"]}
    with psycopg.connect(user=ADMIN, password=password, **place) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        fill_runs(cursor, organization_id, experiment_id, scale)
        admin.commit()
        admin.autocommit = True
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - begun
