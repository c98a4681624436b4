"""The entries of one layer: which key each is, and what is no key at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from ims_tui.core.config.provenance import (
    OPTION,
    KeyPath,
    Layer,
    SettingProblem,
    Source,
)
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.spec import (
    OPTIONS,
    SELECTED,
    VARIABLES,
    Switch,
    key_at,
    names_below,
)
from ims_tui.core.config.values import PROGRAM, UnacceptableError, nearest, shown
from ims_tui.core.text import printable
from ims_tui.core.values import Discreet

_OFF = frozenset({"0", "false", "no", "off"})


class RawSetting(Discreet, frozen=True):
    """One key with its raw value, where it stands."""

    hidden: ClassVar = frozenset({"raw"})

    key: SettingKey
    path: KeyPath
    raw: object
    source: Source
    is_refused: bool = False
    """Whether it names a program in a file that others can write."""

    @property
    def name(self) -> str:
        """The dotted path, safe to show."""
        return dotted(self.path)

    def read(self) -> object:
        """The checked value.

        Raises:
            UnacceptableError: it is not of the kind of its key.
        """
        if self.is_refused:
            raise UnacceptableError(
                f"is not used: others can write {self.source.place} "
                "(chmod go-w mends it)"
            )
        return self.key.kind.read(self.raw)

    def problem(self, refusal: UnacceptableError, outcome: str) -> SettingProblem:
        """Say what is wrong with the value and what is used instead."""
        value = "" if self.key.is_private else shown(self.raw)
        if self.source.place == OPTION:  # the program ends: nothing comes of it
            text = f"{value} {refusal}.".lstrip()
        else:
            value = value and f" = {value}"
            text = f"{self.name}{value} {refusal}. {outcome}."
        return SettingProblem(self.source, self.name, text)


def dotted(path: KeyPath) -> str:
    """A key path for people; of the profile in use only the key."""
    if path[:2] == ("profiles", SELECTED):
        path = path[2:]
    return printable(".".join(path), 100)


def entries(layer: Layer) -> tuple[list[RawSetting], list[SettingProblem]]:
    """Split a layer into what has a key in the table and what has not."""
    known: list[RawSetting] = []
    problems: list[SettingProblem] = []
    for found in _walk(layer, layer.values, ()):
        if isinstance(found, RawSetting):
            known.append(found)
        else:
            problems.append(found)
    return known, problems


def _walk(
    layer: Layer, table: Mapping[str, object], path: KeyPath
) -> Iterator[RawSetting | SettingProblem]:
    for name, raw in table.items():
        here = (*path, name)
        source = layer.source(here)
        if key := key_at(here):
            refused = layer.writable_by_others and key.kind is PROGRAM
            yield RawSetting(key, here, raw, source, refused)
        elif isinstance(raw, Mapping) and names_below(here):
            yield from _walk(layer, raw, here)
        else:
            text = f"{dotted(here)} {_why_not(here)}. Left out."
            yield SettingProblem(source, dotted(here), text)


def _why_not(path: KeyPath) -> str:
    """Why a path is no key. Never its value: it may be a secret with a typing error."""
    if names_below(path):
        return "is not a table"
    close = nearest(path[-1], names_below(path[:-1]) - {"*"})
    hint = f" (nearest: {dotted((*path[:-1], close))})" if close else ""
    return f"is not a setting{hint}"


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """The settings in `IMS_TUI_*` variables; an empty one counts as not set."""
    given = {s.name: environ[s.name] for s in VARIABLES if environ.get(s.name)}
    flags = {s.name for s in VARIABLES if s.turned_on is not None}
    raw = {n: v for n, v in given.items() if n not in flags or v.lower() not in _OFF}
    return _switched("environment", VARIABLES, raw)


def option_layer(options: Mapping[str, object]) -> Layer:
    """The settings in command line options.

    Args:
        options: by attribute name of argparse, such as `timeout_request`; None and
            False count as not given, other names are ignored.
    """
    raw = {
        switch.name: value
        for switch in OPTIONS
        if (value := options.get(switch.name[2:].replace("-", "_")))
        not in (None, False, "")
    }
    return _switched(OPTION, OPTIONS, raw)


def _switched(
    place: str, switches: Sequence[Switch], given: Mapping[str, object]
) -> Layer:
    values: dict[str, object] = {}
    names: dict[KeyPath, str] = {}
    for switch in switches:
        if switch.name not in given:
            continue
        table = values
        for part in switch.path[:-1]:
            inner = table.setdefault(part, {})
            assert isinstance(inner, dict)
            table = inner
        turned_on = switch.turned_on
        raw = given[switch.name] if turned_on is None else turned_on
        table[switch.path[-1]] = raw
        names[switch.path] = switch.name
    return Layer(place, values, names=names)
