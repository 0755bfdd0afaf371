import django.db.models.deletion
from django.db import migrations, models

import assay.core.ids
from assay.core import rls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_mail"),
        ("tracking", "0003_metric_segments"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExperimentNumbers",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("highest", models.IntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="experiment_numbers_once")],
            },
        ),
        rls.protect("tracking_experimentnumbers"),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", "RUNNING")),
                fields=["organization", "last_heartbeat_at"],
                name="run_running_heard_of",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["organization", "deleted_at"], name="run_deleted"
            ),
        ),
    ]
