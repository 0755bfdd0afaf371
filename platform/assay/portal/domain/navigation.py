"""What the left navigation holds, for what a principal may."""

from dataclasses import dataclass

from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Permission


@dataclass(frozen=True, slots=True)
class Link:
    """section: what a page names itself to be marked as current. route: name of its URL."""

    section: str
    label: str
    icon: str
    route: str
    permission: Permission = Permission.TRACKING_READ


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    links: tuple[Link, ...]


GROUPS = (
    Group(
        "Learn",
        (
            Link("home", "Home", "home", "home"),
            Link("experiments", "Experiments", "flask", "experiments"),
            Link("leaderboards", "Leaderboards", "trophy", "leaderboards"),
            Link("sweeps", "Sweeps", "target-arrow", "sweeps"),
            Link("models", "Models", "box", "models"),
            Link("datasets", "Datasets", "database", "datasets"),
        ),
    ),
    Group(
        "Spend",
        (
            Link("explorer", "Explorer", "chart-area", "explorer", Permission.COSTS_READ),
            Link("resources", "Resources", "server", "resources", Permission.COSTS_READ),
            Link("sources", "Billing sources", "receipt-2", "sources", Permission.COSTS_READ),
        ),
    ),
    Group(
        "Save",
        (
            Link("savings", "Savings", "pig-money", "savings", Permission.COSTS_READ),
            Link("commitments", "Commitments", "stack-2", "commitments", Permission.COSTS_READ),
            Link("inventory", "Inventory", "list-details", "inventory", Permission.COSTS_READ),
        ),
    ),
    Group(
        "",
        (
            Link("reports", "Reports", "report", "reports", Permission.COSTS_READ),
            Link("mail", "Mail", "mail", "mail", Permission.COSTS_READ),
            Link("settings", "Settings", "settings", "settings"),
        ),
    ),
)


def list_groups(principal: Principal) -> list[Group]:
    """Groups with the links that the principal may open; groups left empty are dropped."""
    allowed = [Group(group.label, tuple(link for link in group.links if principal.may(link.permission))) for group in GROUPS]
    return [group for group in allowed if group.links]
