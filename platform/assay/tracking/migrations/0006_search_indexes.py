"""Indexes that answer a search without the table: row-level security reads the organization, so it stands in them too."""

from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual


def text_indexes(table: str, name: str) -> list[migrations.AddIndex]:
    short = models.Index(
        name=f"{name}_by_value",
        fields=["experiment", "key", "value", "run"],
        include=["organization"],
        condition=models.Q(LessThanOrEqual(Length("value"), 100)),
    )
    long = models.Index(
        name=f"{name}_long",
        fields=["experiment", "key", "run"],
        include=["organization"],
        condition=models.Q(GreaterThan(Length("value"), 100)),
    )
    return [migrations.AddIndex(model_name=table, index=index) for index in (short, long)]


class Migration(migrations.Migration):
    dependencies = [("tracking", "0005_traces")]

    operations = [
        migrations.RemoveIndex(model_name="latestmetric", name="latest_metric_by_value"),
        migrations.RemoveIndex(model_name="runparam", name="run_param_by_value"),
        migrations.RemoveIndex(model_name="runtag", name="run_tag_by_value"),
        migrations.AddIndex(
            model_name="latestmetric",
            index=models.Index(
                name="latest_metric_by_value", fields=["experiment", "key", "value", "run"], include=["organization"]
            ),
        ),
        *text_indexes("runparam", "run_param"),
        *text_indexes("runtag", "run_tag"),
    ]
