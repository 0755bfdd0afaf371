import django.db.models.deletion
from django.db import migrations, models

import assay.core.clock
from assay.core import rls
from assay.tracking.domain.content import ConsoleStream, EventKind
from assay.tracking.domain.states import RunStatus

TENANT_TABLES = ["tracking_runevent", "tracking_consolelog", "tracking_consolechunk", "tracking_sourcesnapshot"]


def _organization() -> models.Field:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
    )


def _run(related_name: str) -> models.Field:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to="tracking.run"
    )


def _only_run(related_name: str) -> models.Field:
    return models.OneToOneField(
        on_delete=django.db.models.deletion.CASCADE,
        primary_key=True,
        related_name=related_name,
        serialize=False,
        to="tracking.run",
    )


def _key(*names: str) -> models.Field:
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_mail"),
        ("tracking", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="run", name="run_status_known"),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(condition=models.Q(("status__in", list(RunStatus))), name="run_status_known"),
        ),
        migrations.AddField(model_name="run", name="expects_heartbeat", field=models.BooleanField(default=False)),
        migrations.CreateModel(
            name="RunEvent",
            fields=[
                ("pk", _key("run_id", "key")),
                ("key", models.UUIDField()),
                ("kind", models.CharField(max_length=9)),
                ("name", models.CharField(max_length=250)),
                ("at", models.DateTimeField()),
                ("step", models.BigIntegerField(null=True)),
                ("organization", _organization()),
                ("run", _run("events")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", list(EventKind))), name="run_event_kind_known")
                ]
            },
        ),
        migrations.CreateModel(
            name="ConsoleLog",
            fields=[
                ("run", _only_run("console_log")),
                ("last_sequence", models.BigIntegerField(default=0)),
                ("stdout_bytes", models.BigIntegerField(default=0)),
                ("stderr_bytes", models.BigIntegerField(default=0)),
                ("kept_bytes", models.BigIntegerField(default=0)),
                ("head_sequence", models.BigIntegerField(default=0)),
                ("dropped_sequence", models.BigIntegerField(default=0)),
                ("dropped_bytes", models.BigIntegerField(default=0)),
                ("organization", _organization()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="ConsoleChunk",
            fields=[
                ("pk", _key("run_id", "sequence")),
                ("sequence", models.BigIntegerField()),
                ("stream", models.CharField(max_length=6)),
                ("offset", models.BigIntegerField()),
                ("size_bytes", models.IntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("organization", _organization()),
                ("run", _run("console_chunks")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("stream__in", list(ConsoleStream))), name="console_chunk_stream_known"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SourceSnapshot",
            fields=[
                ("run", _only_run("source")),
                ("commit", models.CharField(blank=True, max_length=64)),
                ("branch", models.TextField(blank=True)),
                ("remote", models.TextField(blank=True)),
                ("is_dirty", models.BooleanField(null=True)),
                ("diff", models.TextField(blank=True)),
                ("diff_omitted_bytes", models.BigIntegerField(default=0)),
                ("command", models.TextField(blank=True)),
                ("entry_point", models.TextField(blank=True)),
                ("folder", models.TextField(blank=True)),
                ("host", models.TextField(blank=True)),
                ("operating_system", models.TextField(blank=True)),
                ("python_version", models.TextField(blank=True)),
                ("packages", models.JSONField(default=dict)),
                ("packages_digest", models.CharField(blank=True, max_length=64)),
                ("recorded_at", models.DateTimeField(default=assay.core.clock.now)),
                ("organization", _organization()),
            ],
            options={"abstract": False},
        ),
        *(rls.protect(table) for table in TENANT_TABLES),
    ]
