"""Every check there is."""

import importlib
import inspect
import pkgutil
from functools import cache

from assay.core.errors import NotFound
from assay.recommendations import checks
from assay.recommendations.domain.checks import Check


@cache
def checks_by_name() -> dict[str, Check]:
    """Name → check, of each class in a file of `assay.recommendations.checks`. raises: ValueError when two have one name."""
    found: dict[str, Check] = {}
    for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Check) and kind.__module__ == module.name and not inspect.isabstract(kind):
                if kind.name in found:
                    raise ValueError(f"two checks are named {kind.name}")
                found[kind.name] = kind()
    return dict(sorted(found.items()))


def get_check(name: str) -> Check:
    """raises: NotFound."""
    try:
        return checks_by_name()[name]
    except KeyError:
        known = ", ".join(checks_by_name())
        raise NotFound(f"There is no check {name}. There are: {known}.", check=name) from None


def title_of(name: str) -> str:
    """Its name where no such check exists any more."""
    check = checks_by_name().get(name)
    return check.title if check else name
