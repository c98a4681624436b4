"""config.toml as a JSON Schema, for editors; derived from the table of settings.

Only words that draft 4 has as well are used: taplo reads no later ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.spec import KEYS, default_text, key_at
from ims_tui.core.config.vocabulary import Vocabulary

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PROFILE_NAME = r"^(?!\*$)\S(?:.{0,38}\S)?$"


def config_schema(known: Vocabulary) -> dict[str, object]:
    """The schema of config.toml.

    Args:
        known: names that actions and columns must be of.
    """
    root = _table(KEYS, (), known)
    return {
        "$schema": DIALECT,
        "$id": "urn:ims-tui:config:1",
        "title": "config.toml of ims-tui",
        **root,
    }


def _table(
    keys: Iterable[SettingKey], path: tuple[str, ...], known: Vocabulary
) -> dict[str, object]:
    """The table at a path, with all keys below it."""
    depth = len(path)
    below: dict[str, list[SettingKey]] = {}
    for key in keys:
        below.setdefault(key.path[depth], []).append(key)
    members: dict[str, object] = {}
    for name, inner in below.items():
        here = (*path, name)
        leaf = key_at(here)
        members[name] = _value(leaf, known) if leaf else _table(inner, here, known)
    return _names(path, members, known)


def _names(
    path: tuple[str, ...], members: dict[str, object], known: Vocabulary
) -> dict[str, object]:
    """Which names a table may have: those of the members, or of the operator."""
    any_name = members.pop("*", None)
    table: dict[str, object] = {"type": "object", "additionalProperties": False}
    if any_name is None:
        return table | {"properties": members}
    if path == ("keys",) and known.actions is not None:
        return table | {"properties": dict.fromkeys(known.actions, any_name)}
    if path == ("profiles",):
        return table | {"patternProperties": {_PROFILE_NAME: any_name}}
    return {"type": "object", "additionalProperties": any_name}


def _value(key: SettingKey, known: Vocabulary) -> Mapping[str, object]:
    schema: dict[str, object] = {"description": key.comment, **key.kind.schema}
    if (names := key.names(known)) is not None:
        words = {"enum": [*names, *(f"{key.sign}{n}" for n in names if key.sign)]}
        schema |= {"items": words} if schema["type"] == "array" else words
    if key.field:
        schema["default"] = json.loads(default_text(key))
    return schema
