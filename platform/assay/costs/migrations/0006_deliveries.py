import django.db.models.deletion
from django.db import migrations, models

import assay.core.clock

CARRY_OVER = [
    "ALTER TABLE costs_billimport NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE costs_billperiod NO FORCE ROW LEVEL SECURITY",
    "UPDATE costs_billimport SET issued_at = received_at",
    "UPDATE costs_billperiod AS held SET issued_at = bill.issued_at FROM costs_billimport AS bill WHERE bill.id = held.bill_import_id",
    "ALTER TABLE costs_billimport FORCE ROW LEVEL SECURITY",
    "ALTER TABLE costs_billperiod FORCE ROW LEVEL SECURITY",
]
"""Bills imported so far were uploads, which are issued when they are received."""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_silent_runs"),
        ("clouds", "0001_aws_connections"),
        ("costs", "0005_unfinished_uses"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="billimport",
            name="bill_import_state_known",
        ),
        migrations.AddField(
            model_name="billimport",
            name="changes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="billimport",
            name="files",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="billimport",
            name="format",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="billimport",
            name="format_version",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="billimport",
            name="identity",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="billimport",
            name="issued_at",
            field=models.DateTimeField(default=assay.core.clock.now),
        ),
        migrations.AddField(
            model_name="billimport",
            name="manifest",
            field=models.CharField(blank=True, default="", max_length=1024),
        ),
        migrations.AddField(
            model_name="billimport",
            name="periods",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="billimport",
            name="timings",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="connection",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="clouds.awsconnection"
            ),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="format",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="location",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="next_poll_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="poll_lease_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="poll_message",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="poll_minutes",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billingsource",
            name="polled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billperiod",
            name="charged_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="billperiod",
            name="identity",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="billperiod",
            name="issued_at",
            field=models.DateTimeField(default=assay.core.clock.now),
        ),
        migrations.AddField(
            model_name="billperiod",
            name="rows",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.RunSQL(sql=CARRY_OVER, reverse_sql=migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="billingsource",
            index=models.Index(
                condition=models.Q(("next_poll_at__isnull", False), ("paused_at", None)),
                fields=["organization", "next_poll_at"],
                name="billing_source_polled",
            ),
        ),
        migrations.AddConstraint(
            model_name="billimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("identity", ""), _negated=True),
                fields=("source", "identity"),
                name="bill_import_once_per_identity",
            ),
        ),
        migrations.AddConstraint(
            model_name="billimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["received", "importing", "imported", "unchanged", "refused", "superseded", "incomplete"])
                ),
                name="bill_import_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["upload", "folder", "s3"])), name="billing_source_kind_known"
            ),
        ),
    ]
