"""Tags of AWS as FOCUS has them: those that people set go by their own name, those of AWS keep `aws:`. SQL."""

import json
from collections.abc import Collection

PREFIX = "resource_tags_"


def tags_of_columns(columns: Collection[str]) -> str:
    """Of a report with a column per tag: resource_tags_user_team → team."""
    names = [name for name in columns if name.startswith(PREFIX)]
    if not names:
        return "CAST(NULL AS VARCHAR)"
    keys = {name: json.dumps(_key(name.removeprefix(PREFIX))) for name in names}
    plain = [f"""'{key}:"' || {name} || '"'""" for name, key in keys.items()]
    escaped = [f"'{key}:' || CAST(to_json({name}) AS VARCHAR)" for name, key in keys.items()]
    texts = f"concat({', '.join(names)})"
    return (
        f"CASE WHEN coalesce({', '.join(names)}) IS NULL THEN NULL"
        f" WHEN strlen(CAST(to_json({texts}) AS VARCHAR)) = strlen({texts}) + 2 THEN concat('{{', concat_ws(',', {', '.join(plain)}), '}}')"
        f" ELSE concat('{{', concat_ws(',', {', '.join(escaped)}), '}}') END"
    )


def tags_of_map(column: str) -> str:
    """Of a report with a map of tags, which is a JSON object by now."""
    entries = f"map_entries(CAST(json({column}) AS MAP(VARCHAR, VARCHAR)))"
    key = "regexp_replace(regexp_replace(entry.key, '^user[_:]', ''), '^aws_', 'aws:')"
    renamed = f"map_from_entries([struct_pack(k := {key}, v := entry.value) FOR entry IN {entries}])"
    return f"nullif(CAST(to_json({renamed}) AS VARCHAR), '{{}}')"


def _key(name: str) -> str:
    return name.removeprefix("user_") if not name.startswith("aws_") else f"aws:{name.removeprefix('aws_')}"
