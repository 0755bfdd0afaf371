"""Words of a command line that come from names in a cloud."""

import shlex

from assay.clouds.domain.inventory import ResourceKey


def aws(resource: ResourceKey, *words: str) -> str:
    """`aws …` in the resource's region, every word quoted for a shell."""
    return shlex.join(["aws", *words, "--region", resource.region])
