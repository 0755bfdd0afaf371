import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("costs", "0003_run_figures"),
        ("tracking", "0004_liveness"),
    ]

    operations = [
        migrations.AlterField(
            model_name="computeuse",
            name="run",
            field=models.OneToOneField(on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="tracking.run"),
        ),
    ]
