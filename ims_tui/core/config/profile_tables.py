"""The profiles of all layers: which there are, which is in use, what each says."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from ims_tui.core.config.environment import Environment
from ims_tui.core.config.layers import RawSetting
from ims_tui.core.config.profile import (
    ADDRESS_KEYS,
    CREDENTIAL_KEYS,
    ProfileTable,
    read_profile,
)
from ims_tui.core.config.provenance import (
    DEFAULT,
    OPTION,
    CredentialChoice,
    Loaded,
    SettingProblem,
    Source,
)
from ims_tui.core.config.settings import NoCredential, Profile
from ims_tui.core.config.spec import SELECTED
from ims_tui.core.config.values import UnacceptableError, nearest, shown
from ims_tui.core.signin.source import CORRECT_IT, RELOAD, START
from ims_tui.core.text import printable

DEFAULT_NAME = "default"
_LONGEST_NAME = 40


class Profiles(Struct):
    """What the layers say about profiles."""

    default_profile: str
    named_by: Source
    """Who named the default profile; DEFAULT if nobody did."""
    profiles: dict[str, Profile] = field(default_factory=dict)
    problems: list[SettingProblem] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    choices: dict[str, CredentialChoice] = field(default_factory=dict)


class _Table(Struct):
    """One profile while its layers are laid over each other."""

    place: Source
    values: dict[str, object] = field(default_factory=dict)
    refused: str = ""
    remedy: str = f"Correct the profile, {RELOAD}"
    gaps: dict[str, str] = field(default_factory=dict)
    """Why an address that somebody gave is none, and what to do."""


def read_profiles(
    entries: Sequence[RawSetting],
    default_profile: str,
    named_by: Source,
    environment: Environment,
) -> Profiles:
    """Make every profile of the layers; the one in use always exists.

    Args:
        entries: the keys of all layers, strongest first.
        default_profile: the profile that was named, if one was.
        named_by: who named it.
        environment: variables and files that credentials are read from.
    """
    result = Profiles(default_profile, named_by)
    own = [e for e in entries if e.path[0] == "profiles"]
    written = [e for e in own if not e.source.name and _has_good_name(e, result)]
    names = list(dict.fromkeys(e.path[1] for e in written))
    overrides = [e for e in own if e.source.name]
    has_pair = bool(
        environment.variable("IMS_TUI_TOKEN")
        and any(e.path[2] == "endpoint" for e in overrides)
    )
    by_pair = has_pair and not named_by.name
    missing = _select(result, names, by_pair=by_pair)
    for name in dict.fromkeys((*names, result.default_profile)):
        in_use = name == result.default_profile
        mine = [
            e
            for e in own
            if e.path[1] == (SELECTED if e.source.name else name)
            and (in_use or not e.source.name)
        ]
        table = _laid(name, mine, result)
        if in_use and missing:
            table.refused = f"No credential: there is no profile {shown(name)}."
            table.remedy = _name_another(named_by)
        is_ours = by_pair or name not in names
        own_token = in_use and has_pair and is_ours and not missing
        _add(result, name, table, environment, own_token=own_token)
    return result


def keep_where_wrong(
    result: Profiles, before: Loaded, problems: list[SettingProblem]
) -> None:
    """On a reload leave a profile as it was while its table holds a mistake.

    Half of a new profile would be another account, or none.
    """
    for name, profile in before.settings.profiles.items():
        prefix = f"profiles.{name}."
        wrong = next((p for p in problems if p.key.startswith(prefix)), None)
        if wrong is None or name not in result.profiles:
            continue
        result.profiles[name] = profile
        result.choices[name] = before.choices[name]
        new = {k: s for k, s in result.sources.items() if not k.startswith(prefix)}
        old = {k: s for k, s in before.sources.items() if k.startswith(prefix)}
        result.sources = new | old
        text = f"profiles.{name} stays as it was until this is mended."
        problems.append(SettingProblem(wrong.source, f"profiles.{name}", text))


def _has_good_name(entry: RawSetting, result: Profiles) -> bool:
    name = entry.path[1]
    safe = name == name.strip() and printable(name, _LONGEST_NAME) == name
    if safe and name and name != SELECTED:
        return True
    text = f"profiles.{shown(name)} is not a name for a profile. Left out."
    if all(problem.text != text for problem in result.problems):
        result.problems.append(SettingProblem(entry.source, entry.name, text))
    return False


def _select(result: Profiles, names: Sequence[str], *, by_pair: bool) -> bool:
    """Settle which profile is in use; True if it was named and nobody wrote it."""
    wanted = result.default_profile
    if by_pair:
        result.default_profile = DEFAULT_NAME
        result.sources["default_profile"] = Source(
            "environment", "IMS_TUI_ENDPOINT and IMS_TUI_TOKEN"
        )
    elif result.named_by is DEFAULT:
        if names and DEFAULT_NAME not in names:
            result.default_profile = names[0]
            result.sources["default_profile"] = Source("the first profile")
    elif wanted not in names and wanted != DEFAULT_NAME:
        text = _names_none(wanted, names, result.named_by)
        result.problems.append(SettingProblem(result.named_by, "default_profile", text))
        return True
    return False


def _name_another(named_by: Source) -> str:
    if named_by.name:
        return f"Correct {named_by.name} and {START}"
    return f"Correct default_profile, {RELOAD}"


def _names_none(wanted: str, names: Sequence[str], named_by: Source) -> str:
    names = names or (DEFAULT_NAME,)
    close = nearest(wanted, names)
    if named_by.place == OPTION:
        there = f"did you mean {close}?" if close else f"there are: {', '.join(names)}"
        return f"{shown(wanted)} names no profile; {there}"
    hint = f" (nearest: {close})" if close else ""
    return (
        f"default_profile = {shown(wanted)} names no profile{hint}. "
        "No other account is used instead."
    )


def _laid(name: str, entries: Sequence[RawSetting], result: Profiles) -> _Table:
    """Lay the layers of one profile over each other, strongest first."""
    written = [e.source for e in entries if not e.source.name]
    table = _Table(min(written, key=lambda s: s.line) if written else DEFAULT)
    for entry in entries:
        key = entry.path[2]
        try:
            value = entry.read()
        except UnacceptableError as refusal:
            is_address = key in ADDRESS_KEYS or key.endswith("_endpoint")
            result.problems.append(entry.problem(refusal, "Left out"))
            if key in CREDENTIAL_KEYS and key not in table.values:
                table.refused = f"No credential: {entry.name} {refusal}."
            if is_address and key not in table.values:
                table.gaps.setdefault(key, _no_address(entry, refusal))
            continue
        if key not in table.values:
            table.values[key] = value
            result.sources[f"profiles.{name}.{key}"] = entry.source
    return table


def _no_address(entry: RawSetting, refusal: UnacceptableError) -> str:
    given = entry.source.name
    remedy = CORRECT_IT if given else "Correct it."
    return f"{given or entry.name} {refusal}. {remedy}"


def _add(
    result: Profiles,
    name: str,
    table: _Table,
    environment: Environment,
    *,
    own_token: bool,
) -> None:
    """Make one profile and note where its values came from."""
    place = f"{table.place.place} profile {name}" if table.place.line else ""
    profile, choice, sources = read_profile(
        ProfileTable(
            name,
            table.values,
            place,
            own_token,
            table.refused,
            table.remedy,
            table.gaps,
        ),
        environment,
    )
    result.profiles[name] = profile
    result.choices[name] = choice
    for key, source in sources.items():
        result.sources.setdefault(f"profiles.{name}.{key}", source)
    has_credential = not isinstance(profile.auth, NoCredential)
    is_told = profile.gap in table.gaps.values()
    if table.place.line and has_credential and profile.gap and not is_told:
        text = f"profiles.{name}: {profile.gap}"
        result.problems.append(SettingProblem(table.place, f"profiles.{name}", text))
