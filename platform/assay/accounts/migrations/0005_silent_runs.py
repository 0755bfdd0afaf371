"""After how long without a word a run is lost is the organization's to say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_admission")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="silent_run_hours",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("silent_run_hours__gte", 1)), name="organization_silent_run_hours_above_zero"
            ),
        ),
    ]
