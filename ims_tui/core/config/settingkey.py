"""One key of config.toml: what it accepts, what it means, and what it sets."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct

from ims_tui.core.config.values import ValueKind
from ims_tui.core.config.vocabulary import Vocabulary


class SettingKey(Struct, frozen=True):
    """One key of config.toml."""

    kind: ValueKind
    help: str = ""
    path: tuple[str, ...] = ()
    """Its parts: `("poll", "budget")`. `*` stands for a name the operator chooses."""
    field: str = ""
    """Attribute path below Settings, such as `poll.min_interval_s`.

    Empty for keys that make something else: a credential, or nothing.
    """
    is_private: bool = False
    """Whether a mistaken value may be a secret, so that messages never show it."""
    example: str = ""
    """What stands in the example where the default would say nothing."""
    names: Callable[[Vocabulary], Collection[str] | None] = lambda known: None
    """What its words must be of; None: anything."""
    sign: str = ""
    """What may stand in front of such a word."""
    scheme: str = ""
    """The scheme of the credential that it names."""
    is_part: bool = False
    """Whether it is part of a credential without naming one."""

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)

    @property
    def is_credential(self) -> bool:
        """Whether a credential is another one, or none, by its value."""
        return self.is_part or bool(self.scheme)

    @property
    def comment(self) -> str:
        """What it means and what is allowed, in one line."""
        allowed = self.kind.allowed
        if self.help and not self.kind.is_choice:
            return self.help
        return f"{self.help}: {allowed}" if self.help else allowed


def setting(
    kind: ValueKind, help: str = "", *, name: str = "", **more: Any
) -> SettingKey:
    """Declare the key of a field of the settings, beside its type and default.

    Args:
        kind: what it accepts.
        help: what it means.
        name: below its table, where that is not the field's without `_s`.
        more: further fields of `SettingKey`.
    """
    return SettingKey(kind, help, tuple(name.split(".")) if name else (), **more)
