"""Metric history in columns instead of a row a point, and the experiment on what searches look at.

Row-level security is not forced on the migrating role while old rows are carried over, and is again before anything commits.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Left

from assay.core import rls
from assay.tracking.domain.segments import SEGMENT_POINTS, Segment, digest, pack
from assay.tracking.domain.values import MetricPoint

SEARCHED = ["latestmetric", "runparam", "runtag"]
OPENED = [f"tracking_{name}" for name in [*SEARCHED, "run", "metricpoint", "metricsegment"]]
_INSERT = """
INSERT INTO tracking_metricsegment (organization_id, run_id, digest, key, merged, count, first_step, first_timestamp_ms,
                                    last_step, last_timestamp_ms, payload)
VALUES (%s, %s, %s, %s, true, %s, %s, %s, %s, %s, %s)
"""


def force(tables: list[str], *, forced: bool) -> migrations.RunSQL:
    on, off = "FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"
    statements = [[f"ALTER TABLE {table} {on if way else off}" for table in tables] for way in (forced, not forced)]
    return migrations.RunSQL(sql=statements[0], reverse_sql=statements[1])


def carry_over(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organization_id, run_id, key FROM tracking_metricpoint")
        for organization_id, run_id, key in cursor.fetchall():
            cursor.execute(
                "SELECT key, value, step, timestamp_ms FROM tracking_metricpoint WHERE run_id = %s AND key = %s", [run_id, key]
            )
            history = Segment.of(MetricPoint(*row) for row in cursor.fetchall()).all_points
            for part in history.cut(SEGMENT_POINTS):
                payload = pack(Segment.of_curve(key, part))
                row = [organization_id, run_id, digest(payload), key, len(part), *part.first, *part.last, payload]
                cursor.execute(_INSERT, row)


def experiment_of_run(table: str) -> list[Any]:
    """The column, filled, and from then on never empty."""

    def column(**options: bool) -> models.ForeignKey[Any, Any]:
        return models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="+",
            to="tracking.experiment",
            **options,
        )

    fill = (
        f"UPDATE tracking_{table} AS row SET experiment_id = run.experiment_id "  # noqa: S608  a name of this module
        "FROM tracking_run AS run WHERE run.id = row.run_id"
    )
    return [
        migrations.AddField(model_name=table, name="experiment", field=column(null=True)),
        migrations.RunSQL(sql=fill, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(model_name=table, name="experiment", field=column()),
    ]


def text_index(table: str, name: str) -> migrations.AddIndex:
    return migrations.AddIndex(model_name=table, index=models.Index("experiment", "key", Left("value", 100), "run", name=name))


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_content")]

    operations = [
        migrations.CreateModel(
            name="MetricSegment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id", "digest", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="tracking.run",
                    ),
                ),
                ("digest", models.UUIDField()),
                ("key", models.CharField(max_length=250, null=True)),
                ("merged", models.BooleanField(default=False)),
                ("count", models.IntegerField()),
                ("first_step", models.BigIntegerField(null=True)),
                ("first_timestamp_ms", models.BigIntegerField(null=True)),
                ("last_step", models.BigIntegerField(null=True)),
                ("last_timestamp_ms", models.BigIntegerField(null=True)),
                ("payload", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("merged", True)),
                        fields=["run", "key", "first_step", "first_timestamp_ms"],
                        name="metric_segment_merged",
                    ),
                    models.Index(
                        condition=models.Q(("merged", False)), fields=["organization", "run"], name="metric_segment_loose"
                    ),
                ],
            },
        ),
        # Packed already: compressing again costs time and gains nothing.
        migrations.RunSQL(
            sql="ALTER TABLE tracking_metricsegment ALTER COLUMN payload SET STORAGE EXTERNAL",
            reverse_sql=migrations.RunSQL.noop,
        ),
        rls.protect("tracking_metricsegment"),
        force(OPENED, forced=False),
        *(operation for table in SEARCHED for operation in experiment_of_run(table)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        force(OPENED, forced=True),
        migrations.DeleteModel(name="MetricPoint"),
        migrations.AddIndex(
            model_name="latestmetric",
            index=models.Index(fields=["experiment", "key", "value", "run"], name="latest_metric_by_value"),
        ),
        text_index("runparam", "run_param_by_value"),
        text_index("runtag", "run_tag_by_value"),
    ]
