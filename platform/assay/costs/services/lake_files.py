"""Files into the lake, and out of it."""

import shutil
from pathlib import Path

from pyarrow.fs import FileSelector, LocalFileSystem, copy_files

from assay.costs.selectors.homes import Bucket, Home
from assay.costs.services.durability import make_durable


def publish_file(home: Home, path: Path, address: str) -> int:
    """Move a complete file into the lake, where it lasts when this returns. returns: its bytes."""
    size_bytes = path.stat().st_size
    if isinstance(home, Bucket):
        copy_files(
            str(path), home.path_of(address), source_filesystem=LocalFileSystem(), destination_filesystem=home.filesystem
        )
        kept = home.place_of(address)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, kept)
        return size_bytes
    target = Path(address)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)
    make_durable(target)
    return size_bytes


def list_folder(home: Home, address: str) -> list[str]:
    """Names of what lies directly in a folder of the lake."""
    found = home.filesystem.get_file_info(FileSelector(home.path_of(address), allow_not_found=True))
    return sorted(entry.base_name for entry in found)


def find_newest(home: Home, address: str) -> float:
    """When a file below a folder of the lake was last written, in seconds since 1970; 0 for none."""
    selector = FileSelector(home.path_of(address), allow_not_found=True, recursive=True)
    return max((entry.mtime.timestamp() for entry in home.filesystem.get_file_info(selector) if entry.is_file), default=0)


def remove_folder(home: Home, address: str) -> None:
    home.filesystem.delete_dir(home.path_of(address))
