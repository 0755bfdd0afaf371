#!/usr/bin/env python
"""Puts the source roots on the path and runs Django."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  path first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
