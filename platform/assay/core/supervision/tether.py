"""Runs a program that ends when its parent does, so that a killed supervisor leaves nothing behind.

Usage: python -m assay.core.supervision.tether PROGRAM ARGUMENT...
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def follow_parent() -> None:
    """From now on this process ends when its parent does."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    follow_parent()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  the arguments come from our own supervisor


if __name__ == "__main__":
    main()
