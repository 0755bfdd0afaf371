"""Who may do what: roles, and the permissions that follow from them."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    FINANCE = "finance"
    ENGINEER = "engineer"
    VIEWER = "viewer"


class Permission(StrEnum):
    """Also the scopes that an API token may carry."""

    TRACKING_READ = "tracking.read"
    TRACKING_WRITE = "tracking.write"
    TUNING_WRITE = "tuning.write"
    COSTS_READ = "costs.read"
    COSTS_WRITE = "costs.write"
    MEMBERS_MANAGE = "members.manage"
    SETTINGS_MANAGE = "settings.manage"


_TRACKING = frozenset({Permission.TRACKING_READ, Permission.TRACKING_WRITE, Permission.TUNING_WRITE})
_COSTS = frozenset({Permission.COSTS_READ, Permission.COSTS_WRITE})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.FINANCE: _COSTS | {Permission.TRACKING_READ},
    Role.ENGINEER: _TRACKING,
    Role.VIEWER: frozenset({Permission.TRACKING_READ}),
}
