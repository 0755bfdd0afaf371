"""Folders above a folder, to climb back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parent:
    name: str
    path: str


def list_parents(folder: str, *, root: str) -> list[Parent]:
    """From the root to the folder itself; nothing when it is the root."""
    parts = [part for part in folder.split("/") if part]
    if not parts:
        return []
    return [Parent(root, ""), *(Parent(part, "/".join(parts[: i + 1])) for i, part in enumerate(parts))]
