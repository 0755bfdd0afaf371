"""Code of runs: where it can be looked at, what was changed in it, how two differ."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from assay.tracking.domain.content import Source

MOST_LINES = 4_000
SHORT_FORM = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+\.[\w-]+):(?!//)(?P<path>[\w./~-]+)")


@dataclass(frozen=True, slots=True)
class DiffLine:
    """kind: add, drop, hunk, file or same."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """left_out: how many lines are not here."""

    lines: tuple[DiffLine, ...]
    added: int
    dropped: int
    left_out: int = 0


def source_from_tags(tags: Mapping[str, str]) -> Source | None:
    """What MLflow's client writes by itself; None when it wrote nothing."""
    found = Source(
        commit=tags.get("mlflow.source.git.commit", ""),
        branch=tags.get("mlflow.source.git.branch", tags.get("mlflow.gitBranchName", "")),
        remote=tags.get("mlflow.source.git.repoURL", tags.get("mlflow.gitRepoURL", "")),
        entry_point=tags.get("mlflow.source.name", ""),
    )
    return found if found != Source() else None


def read_diff(text: str) -> Diff:
    """A unified diff, line by line."""
    lines = text.splitlines()
    kinds = [_kind_of(line) for line in lines]
    return Diff(
        tuple(DiffLine(kind, line) for kind, line in zip(kinds[:MOST_LINES], lines[:MOST_LINES], strict=True)),
        added=kinds.count("add"),
        dropped=kinds.count("drop"),
        left_out=max(len(lines) - MOST_LINES, 0),
    )


def compare_texts(base: str, other: str, *, names: tuple[str, str]) -> Diff:
    """Empty when they are the same."""
    if base == other:
        return Diff((), 0, 0)
    lines = difflib.unified_diff(_bounded(base), _bounded(other), *names, lineterm="", n=3)
    return read_diff("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of two; empty where one has none."""

    name: str
    base: str
    other: str


def compare_mappings(base: Mapping[str, str], other: Mapping[str, str]) -> list[Difference]:
    """What is gone, new or changed, by name."""
    names = sorted({*base, *other}, key=str.casefold)
    return [Difference(name, base.get(name, ""), other.get(name, "")) for name in names if base.get(name) != other.get(name)]


def link_repository(remote: str) -> str:
    """The address of a remote for a browser, without credentials; empty when there is none."""
    short = SHORT_FORM.fullmatch(remote.strip())
    if short:
        return f"https://{short['host']}/{_without_git(short['path'].lstrip('/'))}"
    try:
        parts = urlsplit(remote.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "ssh", "git") or not host:
        return ""
    scheme = "http" if parts.scheme == "http" else "https"
    place = f"{host}:{port}" if port and parts.scheme in ("http", "https") else host
    return f"{scheme}://{place}/{_without_git(quote(parts.path.strip('/'), safe='/~%-._'))}"


def link_commit(remote: str, commit: str) -> str:
    """Where the forge of the remote shows the commit; empty when that cannot be known."""
    repository = link_repository(remote)
    if not repository or not re.fullmatch(r"[0-9a-fA-F]{7,64}", commit):
        return ""
    host = urlsplit(repository).hostname or ""
    part = "-/commit" if "gitlab" in host else "commits" if "bitbucket" in host else "commit"
    return f"{repository}/{part}/{commit}"


def _without_git(path: str) -> str:
    return path.removesuffix("/").removesuffix(".git")


def _kind_of(line: str) -> str:
    if line.startswith(("diff ", "index ", "--- ", "+++ ", "new file", "deleted file", "rename ", "similarity ")):
        return "file"
    return {"+": "add", "-": "drop", "@": "hunk"}.get(line[:1], "same")


def _bounded(text: str) -> Sequence[str]:
    """Comparing is slow for very long texts that have nothing in common."""
    return text.splitlines()[: 4 * MOST_LINES]
