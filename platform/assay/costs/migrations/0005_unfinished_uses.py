from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_admission"),
        ("costs", "0004_held_runs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="computeuse",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["organization"], name="compute_use_unfinished"),
        ),
    ]
