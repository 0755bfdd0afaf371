#!/usr/bin/env python
"""Copies what pages load from frontend/node_modules to frontend/static/vendor; run after `npm ci --prefix frontend`.

Needs no Node and nothing but Python's standard library. Running it again changes nothing.
"""

import re
import shutil
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
MODULES = FRONTEND / "node_modules"
VENDOR = FRONTEND / "static" / "vendor"
ICON_NAMES = FRONTEND / "icons.txt"

SCRIPTS_AND_STYLES = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "echarts.js": "echarts/dist/echarts.common.min.js",
}
LICENSES = {
    "tabler-icons.LICENSE.txt": "@tabler/icons/LICENSE",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "echarts.LICENSE.txt": "echarts/LICENSE",
}
SOURCE_MAP = re.compile(rb"\s*(?://#|/\*#) sourceMappingURL=\S+(?: \*/)?\s*$")
SHAPES = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)
BOUNDING_BOX = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" />')


class AssetMissing(Exception):
    """A file of an npm package is not where its pinned version has it."""


def find_source(relative: str) -> Path:
    source = MODULES / relative
    if not source.is_file():
        raise AssetMissing(f"{source} is missing: run `npm ci --prefix frontend` first.")
    return source


def read_without_source_map(relative: str) -> bytes:
    """Fingerprinted static files may not name files that are not shipped."""
    return SOURCE_MAP.sub(b"\n", find_source(relative).read_bytes())


def read_symbol(name: str) -> str:
    """One icon as an SVG symbol; names that end in -filled are the solid variant."""
    style = "filled" if name.endswith("-filled") else "outline"
    svg = find_source(f"@tabler/icons/icons/{style}/{name.removesuffix('-filled')}.svg").read_text()
    match = SHAPES.search(svg)
    if match is None:
        raise AssetMissing(f"the icon {name} of @tabler/icons is not an SVG file")
    shapes = " ".join(BOUNDING_BOX.sub("", match["shapes"]).split())
    paint = 'fill="currentColor" stroke="none"' if style == "filled" else 'fill="none" stroke="currentColor"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint} stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'


def build_sprite() -> str:
    names = sorted(set(ICON_NAMES.read_text().split()))
    symbols = "\n".join(read_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def collect() -> dict[str, bytes]:
    files = {name: read_without_source_map(source) for name, source in SCRIPTS_AND_STYLES.items()}
    files |= {name: find_source(source).read_bytes() for name, source in LICENSES.items()}
    return files | {"icons.svg": build_sprite().encode()}


def write(files: dict[str, bytes]) -> None:
    """Replaces the folder whole, so that a file of an earlier version never stays."""
    draft = VENDOR.with_name(".vendor")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, content in files.items():
        (draft / name).write_bytes(content)
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.replace(VENDOR)


def main() -> int:
    try:
        files = collect()
    except AssetMissing as error:
        print(error, file=sys.stderr)
        return 1
    write(files)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
