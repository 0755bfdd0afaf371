from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_admission"),
        ("tracking", "0007_experiment_teams"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="loggedmodel",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "deleted_at"],
                name="logged_model_deleted",
            ),
        ),
    ]
