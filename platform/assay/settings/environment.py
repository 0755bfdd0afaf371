"""Typed readers of the environment that fail loudly."""

import environ
from django.core.exceptions import ImproperlyConfigured

from assay.core.home import find_home

HOME = find_home()
ENGINES_FILE = HOME / "engines.env"

env = environ.Env()
if ENGINES_FILE.exists():
    env.read_env(str(ENGINES_FILE), overwrite=False)


def read_required(name: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set and {ENGINES_FILE} does not exist: start Assay with `make run`, or set {name} to an external server."
        )
    return value


def read_choice(name: str, *choices: str) -> str:
    """One of the choices; the first where nothing is set."""
    value: str = env.str(name, default="") or choices[0]
    if value not in choices:
        *others, last = choices
        raise ImproperlyConfigured(f"{name} must be {', '.join(others)} or {last}, and is {value!r}.")
    return value


def read_needed(name: str, *, by: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set, and {by} needs it.")
    return value
