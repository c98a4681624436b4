"""A helper program that prints a token: no shell, no input, limited time and output."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ims_tui.core.config.settings import CommandSpec
from ims_tui.core.service.envelope import mask_keys
from ims_tui.core.signin.credential import Token, TokenFault, read_token
from ims_tui.core.signin.refusal import Refusal, RefusalKind, Scheme, refusal
from ims_tui.core.signin.secret import STARS, Secret
from ims_tui.core.text import printable

MAX_OUTPUT = 64 * 1024
"""Bytes a helper may print."""

_CHUNK = 8192
_MAX_LINE = 200
# A helper may print what it was given: words long enough to be a token, and values
# that are named as secret, are starred.
_LONG_WORD = re.compile(r"\S*[A-Za-z0-9+=_-]{20,}\S*")
_NAMED = re.compile(r"(?i)((?:passw|secret|token|key)\w*\s*[=:]\s*)\S+")


class TokenCommand:
    """Runs the helper of a profile each time a token is needed."""

    scheme = Scheme.COMMAND
    renews = True

    def __init__(self, spec: CommandSpec) -> None:
        self.source = spec.source
        self._spec = spec
        self._name = printable(spec.argv[0], 80) if spec.argv else "(empty command)"

    async def has_changed(self) -> bool:
        """Never: another command is another profile."""
        return False

    async def obtain(self) -> Token | Refusal:
        """Run the helper once and read what it prints."""
        try:
            program, *arguments = self._spec.argv
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", "") or type(error).__name__
            return self._refusal(
                RefusalKind.HELPER_MISSING, f"cannot be started ({why})"
            )
        printed, said = _Output(), _Output()
        is_over = False
        try:
            async with asyncio.timeout(self._spec.timeout_s):
                await asyncio.gather(
                    printed.fill(process.stdout, partial(_kill, process)),
                    said.fill(process.stderr),
                )
                await process.wait()
            is_over = True
        except TimeoutError:
            limit = f"did not end within {self._spec.timeout_s:g} s and was stopped"
            return self._refusal(RefusalKind.HELPER_HUNG, limit)
        finally:
            if not is_over:
                _kill(process)
                await process.wait()
        return self._judge(process.returncode, printed, said)

    def _judge(
        self, status: int | None, printed: _Output, said: _Output
    ) -> Token | Refusal:
        if printed.is_cut:
            most = f"printed more than {MAX_OUTPUT // 1024} KiB, which is no token"
            return self._refusal(RefusalKind.HELPER_RUBBISH, most)
        if status:
            way = f"status {status}" if status > 0 else f"signal {-status}"
            line = said.masked_line()
            cause = f"failed with {way}" + (f": {line}" if line else "")
            return self._refusal(RefusalKind.HELPER_FAILED, cause, line)
        found = read_token(printed.secret())
        if found is TokenFault.EMPTY:
            return self._refusal(RefusalKind.HELPER_EMPTY, "printed nothing")
        if found is TokenFault.RUBBISH:
            what = "printed something that is not a token"
            return self._refusal(RefusalKind.HELPER_RUBBISH, what)
        return found

    def _refusal(self, kind: RefusalKind, what: str, said: str = "") -> Refusal:
        cause = f"The credential helper {self._name} {what}."
        return refusal(kind, cause, said=said)


class _Output:
    """What a stream gave, out of sight of tracebacks."""

    __slots__ = ("_data", "is_cut")

    def __init__(self) -> None:
        self._data = bytearray()
        self.is_cut = False

    async def fill(
        self,
        stream: asyncio.StreamReader | None,
        on_cut: Callable[[], None] | None = None,
    ) -> None:
        """Read to the end, so that nobody blocks; what is over the limit is dropped."""
        assert stream is not None
        while not stream.at_eof():
            self._data += await stream.read(_CHUNK)
            if len(self._data) > MAX_OUTPUT:
                del self._data[MAX_OUTPUT:]
                if on_cut is not None and not self.is_cut:
                    on_cut()
                self.is_cut = True

    def secret(self) -> Secret:
        """All of it."""
        return Secret(self._data.decode(errors="replace"))

    def masked_line(self) -> str:
        """The first line that says something, masked, without its full stop."""
        lines = mask_keys(bytes(self._data[:4096])).decode(errors="replace").split("\n")
        line = next((line.strip() for line in lines if line.strip()), "")[:_MAX_LINE]
        line = _NAMED.sub(rf"\g<1>{STARS}", line)
        return printable(_LONG_WORD.sub(STARS, line), _MAX_LINE).rstrip(".")


def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill a helper with everything it started: it leads a process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
