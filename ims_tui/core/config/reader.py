"""Raw layers to settings: every key checked, every mistake named, nothing raised.

The strongest layer comes first. A value that is not allowed is left out with a
problem; what was in force stays: the next layer's value, on a reload the earlier one,
else the default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.config.environment import Environment
from ims_tui.core.config.layers import RawSetting, entries
from ims_tui.core.config.profile_tables import keep_where_wrong, read_profiles
from ims_tui.core.config.provenance import (
    DEFAULT,
    Layer,
    Loaded,
    SettingProblem,
    Source,
)
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.settings import NotifySettings, Settings
from ims_tui.core.config.spec import field_of, general_keys
from ims_tui.core.config.values import (
    UnacceptableError,
    duration_text,
    not_among,
    shown,
)
from ims_tui.core.config.vocabulary import Vocabulary

_NO_AMBIENT = Environment()


_NO_NAMES = Vocabulary()


class _Reading(Struct):
    """What one pass over the layers gathers."""

    entries: Sequence[RawSetting]
    """Strongest first."""
    known: Vocabulary
    before: Loaded | None
    problems: list[SettingProblem]
    sources: dict[str, Source] = field(default_factory=dict)

    def of(self, key: SettingKey) -> Iterator[RawSetting]:
        """The entries of a key, strongest first."""
        return (entry for entry in self.entries if entry.key is key)


def read_settings(
    layers: Sequence[Layer],
    environment: Environment = _NO_AMBIENT,
    known: Vocabulary = _NO_NAMES,
    before: Loaded | None = None,
) -> Loaded:
    """Check layers, strongest first, and make settings of them.

    Args:
        layers: raw values of options, environment and files.
        environment: variables and files that credentials are read from.
        known: names that actions, columns and themes must be of.
        before: what was in force, kept where a new value is not allowed.
    """
    sorted_out = [entries(layer) for layer in layers]
    reading = _Reading(
        list(chain.from_iterable(good for good, _ in sorted_out)),
        known,
        before,
        list(chain.from_iterable(bad for _, bad in sorted_out)),
    )
    settings = _general(reading)
    named_by = reading.sources.get("default_profile", DEFAULT)
    profiles = read_profiles(
        reading.entries, settings.default_profile, named_by, environment
    )
    reading.problems += profiles.problems
    if before is not None:
        keep_where_wrong(profiles, before, reading.problems)
    settings = replace(
        settings,
        notify=_with_channels(settings.notify, reading, environment),
        profiles=profiles.profiles,
        default_profile=profiles.default_profile,
        keys=_keymap(reading),
        filters={e.path[-1]: str(text) for e, text in _tables(reading, "filters")},
        stall=replace(settings.stall, by_type_s=_by_type(reading)),
    )
    _check_escalation(reading, settings)
    _check_unused(reading)
    return Loaded(
        settings,
        tuple(sorted(reading.problems, key=_place)),
        reading.sources | profiles.sources,
        profiles.choices,
    )


def _place(problem: SettingProblem) -> tuple[str, int]:
    return problem.source.place, problem.source.line


def _general(reading: _Reading) -> Settings:
    """Every key that fills one field."""
    tables: dict[str, dict[str, object]] = {}
    for key in general_keys():
        value = _value(reading, key)
        table, _, name = key.field.rpartition(".")
        tables.setdefault(table, {})[name] = value
    top = tables.pop("")
    base = Settings()
    for table, values in tables.items():
        top[table] = replace(getattr(base, table), **values)
    settings = replace(base, **top)  # kinds fit fields
    return _ordered_intervals(reading, settings)


def _value(reading: _Reading, key: SettingKey) -> object:
    """The strongest allowed value of a key, and where it came from."""
    refused: list[tuple[RawSetting, UnacceptableError]] = []
    value = field_of(Settings(), key.field)
    for entry in reading.of(key):
        try:
            value = _named(reading.known, key, entry.read())
        except UnacceptableError as refusal:
            refused.append((entry, refusal))
            continue
        reading.sources[key.name] = entry.source
        break
    else:
        if refused and reading.before:
            value = field_of(reading.before.settings, key.field)
            source = reading.before.source(key.name)
            if source is not DEFAULT:
                reading.sources[key.name] = source
    if refused:
        kept = key.kind.write(value).strip('"') or "nothing"
        reading.problems += [e.problem(why, f"Kept {kept}") for e, why in refused]
    return value


def _named(known: Vocabulary, key: SettingKey, value: object) -> object:
    """Check names that other rooms own."""
    names = key.names(known)
    if names is not None:
        for name in value if isinstance(value, tuple) else (value,):
            _among(str(name).removeprefix(key.sign), names)
    return value


def _among(value: object, names: Collection[str]) -> None:
    if value not in names:
        raise UnacceptableError(not_among(value, sorted(names)))


def _ordered_intervals(reading: _Reading, settings: Settings) -> Settings:
    poll = settings.poll
    if poll.min_interval_s <= poll.max_interval_s:
        return settings
    base = reading.before.settings.poll if reading.before else Settings().poll
    least, most = (duration_text(s) for s in (base.min_interval_s, base.max_interval_s))
    text = (
        f"poll.min_interval is longer than poll.max_interval. Kept {least} and {most}."
    )
    names = ("poll.min_interval", "poll.max_interval")
    source = next(reading.sources[n] for n in names if n in reading.sources)
    for name in names:
        reading.sources.pop(name, None)
    reading.problems.append(SettingProblem(source, names[0], text))
    kept = replace(
        poll, min_interval_s=base.min_interval_s, max_interval_s=base.max_interval_s
    )
    return replace(settings, poll=kept)


def _tables(reading: _Reading, table: str) -> Iterator[tuple[RawSetting, object]]:
    """Entries of a table whose names the operator chooses, with checked values."""
    for entry in reading.entries:
        if entry.key.name != f"{table}.*":
            continue
        try:
            value = entry.read()
            if table == "keys" and reading.known.actions is not None:
                _known_action(entry.path[-1], reading.known.actions)
            if table == "filters" and reading.known.filter_problem is not None:
                _no_problem(reading.known.filter_problem(str(value)))
        except UnacceptableError as refusal:
            reading.problems.append(entry.problem(refusal, "Left out"))
            continue
        reading.sources[entry.name] = entry.source
        yield entry, value


_NEAR = 0.5
_ALL_ACTIONS = "ims-tui config schema lists all"


def _known_action(name: str, actions: Collection[str]) -> None:
    if name not in actions:
        from difflib import get_close_matches  # only mistakes need it

        near = get_close_matches(name, sorted(actions), 4, _NEAR)
        like = f"; near are {', '.join(near)}" if near else ""
        raise UnacceptableError(f"names no action{like}; {_ALL_ACTIONS}")


def _no_problem(text: str) -> None:
    if text:
        raise UnacceptableError(f"is no filter: {text}")


def _keymap(reading: _Reading) -> Mapping[str, str]:
    """What `[keys]` says; a key that two actions would have is a problem."""
    keymap = {entry.path[-1]: str(keys) for entry, keys in _tables(reading, "keys")}
    clashes = reading.known.clashes
    for key, actions in clashes(keymap).items() if clashes else ():
        name = f"keys.{next(action for action in actions if action in keymap)}"
        both = " and ".join(actions)
        text = f"{name}: {key} stands for {both}; only one can have it."
        reading.problems.append(SettingProblem(reading.sources[name], name, text))
    return keymap


def _by_type(reading: _Reading) -> Mapping[str, float]:
    return {
        entry.path[-1]: value
        for entry, value in _tables(reading, "stall.by_type")
        if isinstance(value, float)
    }


def _with_channels(
    notify: NotifySettings, reading: _Reading, environment: Environment
) -> NotifySettings:
    if not any(entry.path[:2] == ("notify", "channels") for entry in reading.entries):
        return notify
    from ims_tui.core.config.channels import read_channels  # few have any

    found = read_channels(reading.entries, environment, reading.before)
    reading.problems += found.problems
    reading.sources |= found.sources
    return replace(notify, channels=found.channels)


def _check_escalation(reading: _Reading, settings: Settings) -> None:
    """Channels to which failures go on must be there."""
    for name in settings.notify.escalate_channels:
        if name not in settings.notify.channels:
            key = "notify.escalate.channels"
            names = sorted(settings.notify.channels)
            why = not_among(name, names) if names else "is no channel: there is none"
            text = f"{key}: {shown(name)} {why}. Nothing goes there."
            reading.problems.append(SettingProblem(reading.sources[key], key, text))


def _check_unused(reading: _Reading) -> None:
    """Keys that do nothing may stand at their default."""
    for entry in reading.entries:
        if not entry.key.field and "*" not in entry.key.path:
            try:
                entry.read()
            except UnacceptableError as refusal:
                kept = entry.key.kind.allowed.strip('"') or "nothing"
                reading.problems.append(entry.problem(refusal, f"Kept {kept}"))
