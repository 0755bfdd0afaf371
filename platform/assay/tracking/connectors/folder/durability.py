"""Files that are there whole or not at all, also after a crash."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from assay.core.errors import Invalid, Unavailable

_TRIES = 5


@contextmanager
def fill_draft(draft: Path) -> Iterator[BinaryIO]:
    """A new file, on disk when the block ends; the caller moves it away, and nothing is left of it after an exception.

    raises: Unavailable when the disk is full.
    """
    try:
        with telling_full(), draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def telling_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("The artifact store is full: free space on its disk, then try again.") from error
        raise


def put_in_place(draft: Path, target: Path, *, base: Path, path: str) -> None:
    """Rename, and write down every folder entry up to base that this made. raises: Invalid when something is in the way.

    Somebody may remove the folder as empty between its making and the rename; then it is made again.
    """
    try:
        for left in reversed(range(_TRIES)):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(target)
                break
            except FileNotFoundError:
                if not left or not draft.exists():
                    raise
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        draft.unlink(missing_ok=True)
        raise Invalid(f"{path!r} cannot be written: a folder or a file of that name is in its way.", path=path) from error
    sync_folders(target.parent, base=base)


def sync_folders(folder: Path, *, base: Path) -> None:
    while folder != base.parent:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folder = folder.parent
