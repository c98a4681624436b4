"""What credentials may be read from: variables and files, as arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from msgspec import field

from ims_tui.core.errors import ConfigError
from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.source import RELOAD, START, again
from ims_tui.core.values import Discreet


class FileText(Discreet, frozen=True):
    """One file as read, or why it cannot be used."""

    hidden: ClassVar = frozenset({"text"})

    text: str = ""
    reason: str = ""
    """Why there is no text, such as `is not there`; empty if there is."""
    exists: bool = False
    writable_by_others: bool = False


def _no_file(_path: str) -> FileText:
    return FileText(reason="is not there")


def _no_yaml(_text: str) -> object:
    raise ConfigError("YAML cannot be read here")


class Environment(Discreet, frozen=True):
    """The variables and files around a process."""

    hidden: ClassVar = frozenset({"environ"})

    environ: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[str], FileText] = _no_file
    """Read a file by its full path. Never raises."""
    parse_yaml: Callable[[str], object] = _no_yaml
    """Raises ConfigError, whose text has no part of the YAML in it."""

    home: str = ""
    """The operator's home directory, which `~` stands for."""

    def path(self, name: str) -> str:
        """A path with `~` and `$CREDENTIALS_DIRECTORY` replaced.

        systemd puts the credentials of a unit into that directory.
        """
        for mark in ("$CREDENTIALS_DIRECTORY/", "${CREDENTIALS_DIRECTORY}/"):
            folder = self.environ.get("CREDENTIALS_DIRECTORY")
            if folder and name.startswith(mark):
                return f"{folder}/{name.removeprefix(mark)}"
        if name == "~" or name.startswith("~/"):
            return self.home + name[1:]
        return name

    def file(self, name: str) -> FileText:
        """Read a file, where `~` is the home directory. Never raises."""
        return self.read(self.path(name))

    def variable(self, *names: str) -> str:
        """The first of these variables that is set and not empty."""
        return next((self.environ[n] for n in names if self.environ.get(n)), "")


class UnusableError(Exception):
    """A credential source is there and cannot be used; the text is the reason."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy
        """One sentence: what one can do; empty where the reason says it."""


def header_secret(text: str, name: str, source: str = "") -> Secret:
    """A secret that travels in a header; surrounding white space is dropped.

    Args:
        text: as it was read.
        name: what it is, for messages.
        source: where it stands, as a credential's source says it.

    Raises:
        UnusableError: it is empty or holds what a header cannot carry.
    """
    text = text.strip()
    if not text:
        raise UnusableError(f"{name} is empty", f"Set it, {again(source)}")
    if not (text.isascii() and text.isprintable() and " " not in text):
        why = f"{name} holds characters that a header cannot carry"
        remedy = f"Copy it again, whole and in one line, {again(source)}"
        raise UnusableError(why, remedy)
    return Secret(text)


def secret_variable(environment: Environment, name: str) -> str:
    """The secret in a variable.

    Raises:
        UnusableError: the variable is not set.
    """
    if text := environment.variable(name):
        return text
    why = f"the variable {name} is not set"
    raise UnusableError(why, f"Set it and {START}")


def secret_file(environment: Environment, path: str) -> str:
    """The text of a file that holds secrets.

    Raises:
        UnusableError: it cannot be read, or somebody else could have written it.
    """
    file = environment.file(path)
    if file.reason:
        raise UnusableError(
            f"{path} {file.reason}", f"Check path and permissions, {RELOAD}"
        )
    if file.writable_by_others:
        remedy = f"Run chmod 600 {path}, {RELOAD}"
        raise UnusableError(f"{path} can be written by others", remedy)
    return file.text
