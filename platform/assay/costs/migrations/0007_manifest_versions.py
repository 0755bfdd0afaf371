from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("costs", "0006_deliveries")]

    operations = [
        migrations.AddField(
            model_name="billimport",
            name="manifest_etag",
            field=models.CharField(blank=True, default="", max_length=128),
        ),
    ]
