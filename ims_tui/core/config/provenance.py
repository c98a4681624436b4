"""Where a setting came from, what was wrong with it, and what is used instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from ims_tui.core.config.settings import Settings
from ims_tui.core.values import Discreet

KeyPath = tuple[str, ...]
"""A key as its parts: `("poll", "budget")`."""


OPTION = "option"
"""The place of what the command line says: a mistake there is wrong usage."""


class Source(Struct, frozen=True):
    """The place a value came from; `str` gives it in the words of messages."""

    place: str
    """File name, `environment`, `option` or `default`."""
    name: str = ""
    """The variable or option, such as `IMS_TUI_THEME` or `--theme`."""
    line: int = 0
    """Line in the file, from 1; 0 where there is none."""

    def __str__(self) -> str:
        if self.line:
            return f"{self.place} line {self.line}"
        return f"{self.place} {self.name}" if self.name else self.place


DEFAULT = Source("default")
"""The source of what nobody chose."""


class Layer(Discreet, frozen=True):
    """Raw values of one place, as nested tables, before any check."""

    hidden: ClassVar = frozenset({"values"})

    place: str
    values: Mapping[str, object]
    """May hold a secret that stands where none may."""
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    """Line of each key, for files."""
    names: Mapping[KeyPath, str] = field(default_factory=dict)
    """Variable or option of each key, for the other places."""
    writable_by_others: bool = False
    """Whether somebody else can write the file: then it cannot name programs."""

    def source(self, path: KeyPath) -> Source:
        """Where a key stands; inside an inline table, where the table stands."""
        for end in range(len(path), 0, -1):
            line = self.lines.get(path[:end], 0)
            name = self.names.get(path[:end], "")
            if line or name:
                return Source(self.place, name, line)
        return Source(self.place)


class SettingProblem(Struct, frozen=True):
    """One thing that is wrong with the settings; `str` gives its line."""

    source: Source
    key: str
    """Dotted path of the key; empty where the whole file is meant."""
    text: str
    """What is wrong and what stays in force; never a secret."""
    whole_file: bool = False
    """Whether nothing of the file could be used."""

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"


class PassedOver(Struct, frozen=True):
    """A credential source that is there and was not taken."""

    source: str
    reason: str
    remedy: str = ""
    """What would make it usable; empty where that is not known or not wanted."""


class CredentialChoice(Struct, frozen=True):
    """Which credential a profile uses and why; never a secret."""

    winner: str
    """The source, such as `environment OS_CLOUD`; empty if there is none."""
    why: str
    passed_over: tuple[PassedOver, ...] = ()


class Loaded(Struct, frozen=True):
    """Settings in force, with where each came from and what was wrong."""

    settings: Settings = field(default_factory=Settings)
    problems: tuple[SettingProblem, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    """By dotted key path. A key that is not here has its default."""
    choices: Mapping[str, CredentialChoice] = field(default_factory=dict)
    """By profile."""

    def source(self, key: str) -> Source:
        """Where the value of a dotted key path came from."""
        return self.sources.get(key, DEFAULT)
