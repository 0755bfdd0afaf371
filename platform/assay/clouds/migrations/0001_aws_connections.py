import django.db.models.deletion
from django.db import migrations, models

import assay.accounts.domain.secrets
import assay.core.clock
import assay.core.ids
from assay.core import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_silent_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="AwsConnection",
            fields=[
                ("id", models.UUIDField(default=assay.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("role_arn", models.CharField(max_length=2048)),
                ("external_id", models.CharField(default=assay.accounts.domain.secrets.make_secret, max_length=64)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("checks", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=assay.core.clock.now)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "name"), name="aws_connection_name_unique")],
            },
        ),
        rls.protect("clouds_awsconnection"),
    ]
