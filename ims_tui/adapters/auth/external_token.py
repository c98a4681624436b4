"""Tokens that somebody else obtained: from the environment, from a file, or none."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

from msgspec.structs import replace

from ims_tui.adapters.auth.token import TokenSource
from ims_tui.adapters.smallfile import Fingerprint, fingerprint
from ims_tui.core.config.settings import NoCredential, TokenSpec
from ims_tui.core.errors import reason_of
from ims_tui.core.show import cause_texts as texts
from ims_tui.core.signin.credential import Token, TokenFault, read_token
from ims_tui.core.signin.refusal import Refusal, RefusalKind, refusal
from ims_tui.core.signin.secret import Secret
from ims_tui.core.text import printable

MAX_FILE = 64 * 1024
"""Bytes read of a token file; a token takes at most half of it."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class HeldToken(TokenSource):
    """The one token there is; its source cannot give another while we run."""

    scheme = TokenSpec.scheme
    renews = False

    def __init__(self, token: Secret, source: str) -> None:
        self.source = source
        self._token = token

    async def obtain(self) -> Token | Refusal:
        """Give the token."""
        found = read_token(self._token)
        if isinstance(found, TokenFault):
            cause = texts.no_token_held(self.source)
            return refusal(RefusalKind.TOKEN_INVALID, cause)
        return found


class NoToken(TokenSource):
    """No credential: says so instead of sending anything."""

    scheme = NoCredential.scheme
    renews = False

    def __init__(self, reason: str, source: str = "", remedy: str = "") -> None:
        self.source = source
        self._reason = reason
        self._remedy = remedy

    async def obtain(self) -> Refusal:
        """Say where was looked."""
        found = refusal(RefusalKind.NO_CREDENTIAL, self._reason)
        return replace(found, remedy=self._remedy or found.remedy)


class TokenFile(TokenSource):
    """A file that holds a token, or JSON with token and expiry."""

    scheme = TokenSpec.scheme
    renews = False

    def __init__(self, path: str, source: str) -> None:
        self.source = source
        try:
            self._path = Path(path).expanduser()
        except RuntimeError:  # nobody of that name: then no such file is there either
            self._path = Path(path)
        self._is_read = False
        self._seen: Fingerprint | None = None

    async def obtain(self) -> Token | Refusal:
        """Read the file."""
        return await asyncio.to_thread(self._read)

    async def has_changed(self) -> bool:
        """Whether another file is there than the one last read."""
        if not self._is_read:
            return False
        return await asyncio.to_thread(fingerprint, self._path) != self._seen

    def _read(self) -> Token | Refusal:
        # Before reading: what is written meanwhile counts as a change.
        self._seen = fingerprint(self._path)
        self._is_read = True
        name = printable(str(self._path), 200)
        try:
            if not self._path.is_file():
                missing = "is not a file" if self._path.exists() else "does not exist"
                return _unreadable(name, missing)
            if self._path.stat().st_mode & _OTHERS_WRITE:
                return refusal(RefusalKind.FILE_UNSAFE, texts.others_can_write(name))
            found = read_token(self._content())
        except OSError as error:
            why = reason_of(error)
            return _unreadable(name, f"cannot be read ({why})")
        if isinstance(found, TokenFault):
            lack = (
                "is empty" if found is TokenFault.EMPTY else "does not hold one token"
            )
            return refusal(RefusalKind.FILE_RUBBISH, texts.token_file(name, lack))
        return found

    def _content(self) -> Secret:
        with self._path.open("rb") as file:
            return Secret(file.read(MAX_FILE).decode(errors="replace"))


def _unreadable(name: str, why: str) -> Refusal:
    return refusal(RefusalKind.FILE_UNREADABLE, texts.token_file(name, why))


def token_source(spec: TokenSpec) -> HeldToken | TokenFile | NoToken:
    """Where a token is that is here already: a file counts before the environment."""
    if spec.file:
        return TokenFile(spec.file, spec.source)
    if spec.token:
        return HeldToken(spec.token, spec.source)
    return NoToken(texts.no_token_in(spec.source))
