"""The kinds of channels, and what the table of each may say."""

from __future__ import annotations

from collections.abc import Mapping, Set

_ADDRESS = frozenset({"url_env", "url_file"})
_SIGNED = _ADDRESS | {"secret_env"}

CHANNEL_KINDS: Mapping[str, Set[str]] = {
    "apprise": _ADDRESS,
    "bell": frozenset(),
    "command": frozenset({"argv", "timeout", "credentials"}),
    "dingtalk": _SIGNED,
    "feishu": _SIGNED,
    "json": _SIGNED | {"template"},
    "lark": _SIGNED,
    "ntfy": _SIGNED,
    "slack": _ADDRESS,
    "teams": _ADDRESS,
    "terminal": frozenset(),
    "wecom": _ADDRESS,
}
"""The keys of each kind, beside those that every channel has."""

OWN_KEYS = frozenset().union(*CHANNEL_KINDS.values())
"""Keys that mean something for some kinds only."""
