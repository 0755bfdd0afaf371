import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_silent_runs"),
        ("clouds", "0002_inventory"),
    ]

    operations = [
        migrations.AlterField(
            model_name="utilizationday",
            name="organization",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
            ),
        ),
    ]
