from django.db import migrations, models

KEYED = (
    "consolechunk", "consolelog", "experimenttag", "latestmetric", "loggedmodelmetric", "loggedmodelparam", "loggedmodeltag",
    "runevent", "runparam", "runtag", "sourcesnapshot", "tracemetadata", "tracespan", "tracetag",
)  # fmt: skip


def _organization(**options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=models.deletion.CASCADE, related_name="+", to="accounts.organization", **options
    )


class Migration(migrations.Migration):
    """Rows below a run leave the check of their organization to it; two indexes of runs begin with the organization already."""

    dependencies = [("tracking", "0008_deleted_models")]

    operations = [
        *(migrations.AlterField(model, "organization", _organization(db_constraint=False)) for model in KEYED),
        migrations.AlterField("run", "organization", _organization()),
    ]
