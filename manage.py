#!/usr/bin/env python
"""Puts the source roots on the path and runs Django; `manage.py up` runs the whole installation."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> int:
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    if sys.argv[1:] == ["up"]:
        from assay.core.supervision import up

        return up.main()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
