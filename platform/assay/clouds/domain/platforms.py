"""Operating systems and licences as AWS's price list tells them apart: by the operation code that bills and prices also carry."""

from collections.abc import Mapping

LINUX = "linux"

BY_OPERATION: Mapping[str, str] = {
    "RunInstances": LINUX,
    "RunInstances:0002": "windows",
    "RunInstances:0800": "windows-byol",
    "RunInstances:0010": "rhel",
    "RunInstances:1010": "rhel-ha",
    "RunInstances:00g0": "rhel-byol",
    "RunInstances:000g": "suse",
    "RunInstances:0g00": "ubuntu-pro",
    "RunInstances:0200": "linux-sql-web",
    "RunInstances:0004": "linux-sql-standard",
    "RunInstances:0100": "linux-sql-enterprise",
    "RunInstances:0202": "windows-sql-web",
    "RunInstances:0006": "windows-sql-standard",
    "RunInstances:0102": "windows-sql-enterprise",
    "RunInstances:0210": "rhel-sql-web",
    "RunInstances:0014": "rhel-sql-standard",
    "RunInstances:0110": "rhel-sql-enterprise",
    "RunInstances:1210": "rhel-ha-sql-web",
    "RunInstances:1014": "rhel-ha-sql-standard",
    "RunInstances:1110": "rhel-ha-sql-enterprise",
}

BY_DETAILS: Mapping[str, str] = {
    "linux/unix": LINUX,
    "windows": "windows",
    "windows byol": "windows-byol",
    "red hat enterprise linux": "rhel",
    "red hat enterprise linux with ha": "rhel-ha",
    "red hat byol linux": "rhel-byol",
    "suse linux": "suse",
    "ubuntu pro": "ubuntu-pro",
    "sql server web": "linux-sql-web",
    "sql server standard": "linux-sql-standard",
    "sql server enterprise": "linux-sql-enterprise",
    "windows with sql server web": "windows-sql-web",
    "windows with sql server standard": "windows-sql-standard",
    "windows with sql server": "windows-sql-standard",
    "windows with sql server enterprise": "windows-sql-enterprise",
}


def find_operation(platform: str) -> str | None:
    """The code by which the price list knows a platform; None for one that it does not sell so."""
    return next((operation for operation, name in BY_OPERATION.items() if name == platform), None)


def name_platform(*, operation: str = "", details: str = "", is_windows: bool = False) -> str:
    """operation: RunInstances:0010. details: of DescribeInstances, "Red Hat Enterprise Linux".

    What neither table knows keeps the provider's own words, so that no price of another platform is taken for it.
    """
    if operation in BY_OPERATION:
        return BY_OPERATION[operation]
    if details.lower() in BY_DETAILS:
        return BY_DETAILS[details.lower()]
    return details.lower() or operation or ("windows" if is_windows else LINUX)
