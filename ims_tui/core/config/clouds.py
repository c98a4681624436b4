"""Entries of clouds.yaml with their secrets from secure.yaml, as OpenStack clients do.

Searched: `OS_CLIENT_CONFIG_FILE`, the current directory, the operator's `openstack`
configuration directory, `/etc/openstack`. Vendor profiles are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from ims_tui.core.config.environment import Environment, UnusableError, secret_file
from ims_tui.core.config.values import nearest
from ims_tui.core.errors import ConfigError
from ims_tui.core.signin.source import RELOAD, START
from ims_tui.core.text import printable
from ims_tui.core.values import Discreet

_MEND = f"Mend the file, {RELOAD}"
_NAMES = ("{}.yaml", "{}.yml")


class CloudEntry(Discreet, frozen=True):
    """One entry; what stands under `auth` and beside it is read alike."""

    hidden: ClassVar = frozenset({"parts"})

    path: str
    parts: tuple[Mapping[str, object], ...]
    """Where to look, first hit wins."""

    def text(self, *names: str) -> str:
        """The first of these names that has a value."""
        for name in names:
            for part in self.parts:
                value = part.get(name)
                if isinstance(value, str | int) and not isinstance(value, bool):
                    return str(value)
        return ""


def _paths(environment: Environment, variable: str, stem: str) -> Iterator[str]:
    if named := environment.variable(variable):
        yield named
        return
    config = environment.variable("XDG_CONFIG_HOME") or "~/.config"
    for folder in ("", f"{config}/openstack/", "/etc/openstack/"):
        for name in _NAMES:
            yield folder + name.format(stem)


def _clouds_of(environment: Environment, path: str) -> Mapping[str, object]:
    try:
        document = environment.parse_yaml(secret_file(environment, path))
    except ConfigError as error:
        raise UnusableError(f"{path}: {error}", _MEND) from None
    clouds = document.get("clouds") if isinstance(document, Mapping) else None
    if not isinstance(clouds, Mapping):
        raise UnusableError(f"{path} has no table clouds", _MEND)
    return clouds


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def cloud_entry(environment: Environment, name: str) -> CloudEntry:
    """Find an entry.

    Raises:
        UnusableError: no file, an unreadable one, or no such entry.
    """
    places = list(_paths(environment, "OS_CLIENT_CONFIG_FILE", "clouds"))
    path = next((p for p in places if environment.file(p).exists), "")
    if not path:
        name = places[0] if len(places) == 1 else "clouds.yaml"
        remedy = f"Write it, or name it in OS_CLIENT_CONFIG_FILE and {START}"
        raise UnusableError(f"there is no {name}", remedy)
    clouds = _clouds_of(environment, path)
    if name not in clouds:
        names = [printable(str(known), 60) for known in clouds]
        close = nearest(name, names)
        hint = f" (nearest: {close})" if close else ""
        raise UnusableError(
            f"{path} has no entry {printable(name, 60)}{hint}",
            f"Add the entry, or correct cloud of the profile, {RELOAD} "
            "OS_CLOUD needs a new start.",
        )
    entry = _table(clouds[name])
    secure: Mapping[str, object] = {}
    for secure_path in _paths(environment, "OS_CLIENT_SECURE_FILE", "secure"):
        if environment.file(secure_path).exists:
            secure = _table(_clouds_of(environment, secure_path).get(name))
            break
    auths = (_table(secure.get("auth")), _table(entry.get("auth")))
    if not any(auths) and (entry.get("profile") or entry.get("cloud")):
        raise UnusableError(
            f"entry {printable(name, 60)} has no auth; vendor profiles are not read",
            f"Write auth into the entry, {RELOAD}",
        )
    return CloudEntry(path, (*auths, secure, entry))
