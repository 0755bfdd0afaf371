"""Tags of AWS as FOCUS has them: those that people set go by their own name, those of AWS keep `aws:`. SQL."""

import json
from collections.abc import Collection

PREFIX = "resource_tags_"


def tags_of_columns(columns: Collection[str]) -> str:
    """Of a report with a column per tag: resource_tags_user_team → team."""
    names = [name for name in columns if name.startswith(PREFIX)]
    if not names:
        return "CAST(NULL AS VARCHAR)"
    members = [
        f"CASE WHEN {name} IS NOT NULL THEN '{json.dumps(_key(name.removeprefix(PREFIX)))}:' || to_json({name}) END"
        for name in names
    ]
    return f"CASE WHEN coalesce({', '.join(names)}) IS NOT NULL THEN '{{' || concat_ws(',', {', '.join(members)}) || '}}' END"


def tags_of_map(column: str) -> str:
    """Of a report with a map of tags, which is a JSON object by now."""
    entries = f"map_entries(CAST(json({column}) AS MAP(VARCHAR, VARCHAR)))"
    key = "regexp_replace(regexp_replace(entry.key, '^user[_:]', ''), '^aws_', 'aws:')"
    renamed = f"map_from_entries([struct_pack(k := {key}, v := entry.value) FOR entry IN {entries}])"
    return f"nullif(CAST(to_json({renamed}) AS VARCHAR), '{{}}')"


def _key(name: str) -> str:
    return name.removeprefix("user_") if not name.startswith("aws_") else f"aws:{name.removeprefix('aws_')}"
