"""Rules by which findings are left out of lists and totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assay.clouds.domain.inventory import ResourceKey


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is empty counts for all. tag: `key`, or `key=value`. native_id: of one resource. until: half-open; None for ever."""

    check: str = ""
    account_id: str = ""
    region: str = ""
    tag: str = ""
    native_id: str = ""
    until: datetime | None = None

    def covers(self, check: str, resource: ResourceKey, tags: Mapping[str, str], *, at: datetime) -> bool:
        if self.until is not None and at >= self.until:
            return False
        key, has_value, value = self.tag.partition("=")
        tagged = not self.tag or (key in tags and (not has_value or tags[key] == value))
        return (
            self.check in ("", check)
            and self.account_id in ("", resource.account_id)
            and self.region in ("", resource.region)
            and self.native_id in ("", resource.native_id)
            and tagged
        )

    @property
    def is_empty(self) -> bool:
        """It would leave out everything."""
        return not (self.check or self.account_id or self.region or self.tag or self.native_id)
