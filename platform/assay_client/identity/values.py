"""The identity of a machine, as run tags."""

from dataclasses import dataclass, fields

PREFIX = "assay.compute."


@dataclass(frozen=True, slots=True)
class Compute:
    """A run's hold on a machine; what is unknown is None and writes no tag.

    provider: aws, databricks, kubernetes, slurm or host.
    resource_id: the FOCUS ResourceId under which the bill names the machine, e.g. `i-…`.
    lifecycle: on-demand or spot.
    share: decimal in (0, 1] as text; the server takes 1 when absent.
    """

    provider: str | None = None
    resource_id: str | None = None
    instance_type: str | None = None
    region: str | None = None
    zone: str | None = None
    lifecycle: str | None = None
    account_id: str | None = None
    host: str | None = None
    share: str | None = None
    cluster_id: str | None = None
    job_run_id: str | None = None

    def over(self, other: "Compute") -> "Compute":
        """What this one knows, completed by what the other knows."""
        return Compute(**{name: getattr(self, name) or getattr(other, name) for name in FIELDS})

    def tags(self) -> dict[str, str]:
        known = ((name, getattr(self, name)) for name in FIELDS)
        return {PREFIX + name: value for name, value in known if value}


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Compute))
