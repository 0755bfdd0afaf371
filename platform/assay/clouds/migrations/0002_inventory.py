import django.db.models.deletion
from django.db import migrations, models

import assay.clouds.domain.refreshes
import assay.core.clock
import assay.core.ids
from assay.core import rls

IN_PLACE = "ALTER TABLE clouds_utilizationday SET (toast_tuple_target = 8160)"
"""A row has two values of 1,152 bytes: together over the limit from which PostgreSQL would keep each elsewhere, and slower to read."""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_silent_runs"),
        ("clouds", "0001_aws_connections"),
    ]

    operations = [
        migrations.AddField(
            model_name="awsconnection",
            name="member_role",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="awsconnection",
            name="regions",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="CloudResource",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=32)),
                ("account_id", models.CharField(max_length=32)),
                ("region", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=32)),
                ("native_id", models.CharField(max_length=512)),
                ("name", models.CharField(blank=True, default="", max_length=512)),
                ("tags", models.JSONField(default=dict)),
                ("state", models.CharField(blank=True, max_length=64)),
                ("details", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(blank=True, null=True)),
                ("state_since", models.DateTimeField(blank=True, null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clouds.awsconnection",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FetchedMachineType",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=32)),
                ("region", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=96)),
                ("details", models.JSONField()),
                ("fetched_at", models.DateTimeField(default=assay.core.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "region", "name"), name="fetched_machine_type_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="FetchedPrice",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=32)),
                ("region", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=96)),
                ("platform", models.CharField(max_length=64)),
                ("tenancy", models.CharField(max_length=16)),
                ("offer", models.CharField(max_length=96)),
                ("currency", models.CharField(max_length=3)),
                ("per_hour", models.DecimalField(decimal_places=15, max_digits=33)),
                ("valid_from", models.DateField()),
                ("source", models.CharField(max_length=256)),
                ("fetched_at", models.DateTimeField(default=assay.core.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "region", "name", "platform", "tenancy", "offer", "currency", "valid_from"),
                        name="fetched_price_unique",
                    ),
                    models.CheckConstraint(condition=models.Q(("per_hour__gte", 0)), name="fetched_price_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InventoryRefresh",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=16)),
                ("state", models.CharField(default=assay.clouds.domain.refreshes.RefreshState["QUEUED"], max_length=16)),
                ("trigger", models.CharField(max_length=16)),
                ("requested_at", models.DateTimeField(default=assay.core.clock.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("message", models.TextField(blank=True, default="")),
                (
                    "connection",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clouds.awsconnection"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InventoryCall",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("service", models.CharField(max_length=64)),
                ("operation", models.CharField(max_length=96)),
                ("account_id", models.CharField(blank=True, max_length=32)),
                ("region", models.CharField(blank=True, max_length=32)),
                ("state", models.CharField(max_length=16)),
                ("items", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0.0)),
                ("permission", models.CharField(blank=True, default="", max_length=128)),
                ("message", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(default=assay.core.clock.now)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "refresh",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="clouds.inventoryrefresh",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResourceChange",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="clouds.cloudresource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UtilizationDay",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("metric", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("period_seconds", models.PositiveIntegerField()),
                ("average", models.BinaryField()),
                ("maximum", models.BinaryField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clouds.cloudresource"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="cloudresource",
            index=models.Index(
                condition=models.Q(("gone_at", None)), fields=["organization", "kind", "id"], name="resource_existing_by_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="cloudresource",
            constraint=models.UniqueConstraint(
                fields=("organization", "provider", "account_id", "region", "kind", "native_id"), name="resource_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="inventoryrefresh",
            index=models.Index(fields=["connection", "subject", "-id"], name="refresh_by_connection"),
        ),
        migrations.AddConstraint(
            model_name="inventoryrefresh",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject__in", ["inventory", "utilization"])), name="refresh_subject_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="inventoryrefresh",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "running", "complete", "partial", "failed"])),
                name="refresh_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="inventoryrefresh",
            constraint=models.CheckConstraint(
                condition=models.Q(("trigger__in", ["beat", "person"])), name="refresh_trigger_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="inventoryrefresh",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "running"])),
                fields=("connection", "subject"),
                name="refresh_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="inventorycall",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["ok", "denied", "failed"])), name="call_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="inventorycall",
            constraint=models.UniqueConstraint(
                fields=("refresh", "service", "operation", "account_id", "region"), name="call_once_a_refresh"
            ),
        ),
        migrations.AddIndex(
            model_name="resourcechange",
            index=models.Index(fields=["resource", "-at"], name="change_by_resource"),
        ),
        migrations.AddConstraint(
            model_name="utilizationday",
            constraint=models.UniqueConstraint(fields=("resource", "metric", "day"), name="utilization_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="utilizationday",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_seconds__gt", 0)), name="utilization_period_above_zero"
            ),
        ),
        migrations.RunSQL(sql=IN_PLACE, reverse_sql="ALTER TABLE clouds_utilizationday RESET (toast_tuple_target)"),
        rls.protect("clouds_inventoryrefresh"),
        rls.protect("clouds_inventorycall"),
        rls.protect("clouds_cloudresource"),
        rls.protect("clouds_resourcechange"),
        rls.protect("clouds_utilizationday"),
    ]
