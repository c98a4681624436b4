"""A helper program that prints a token: no shell, no input, limited time and output."""

from __future__ import annotations

import re

from ims_tui.adapters.auth.token import TokenSource
from ims_tui.adapters.program import Output, run_program
from ims_tui.core.config.settings import CommandSpec
from ims_tui.core.errors import reason_of
from ims_tui.core.service.envelope import mask_keys
from ims_tui.core.show import cause_texts as texts
from ims_tui.core.signin.credential import Token, TokenFault, read_token
from ims_tui.core.signin.refusal import Refusal, RefusalKind, refusal
from ims_tui.core.signin.secret import STARS, Secret
from ims_tui.core.text import printable

MAX_OUTPUT = 64 * 1024
"""Bytes a helper may print."""

_MAX_LINE = 200
# A helper may print what it was given: words long enough to be a token, and values
# that are named as secret, are starred.
_LONG_WORD = re.compile(r"\S*[A-Za-z0-9+=_-]{20,}\S*")
_NAMED = re.compile(r"(?i)((?:passw|secret|token|key)\w*\s*[=:]\s*)\S+")


class TokenCommand(TokenSource):
    """Runs the helper of a profile each time a token is needed."""

    scheme = CommandSpec.scheme
    renews = True

    def __init__(self, spec: CommandSpec) -> None:
        self.source = spec.source
        self._spec = spec
        self._name = printable(spec.argv[0], 80) if spec.argv else "(empty command)"

    async def obtain(self) -> Token | Refusal:
        """Run the helper once and read what it prints."""
        try:
            ended = await run_program(
                self._spec.argv, self._spec.timeout_s, most_bytes=MAX_OUTPUT
            )
        except (OSError, ValueError) as error:
            why = reason_of(error)
            return self._refusal(
                RefusalKind.HELPER_MISSING, f"cannot be started ({why})"
            )
        if ended.status is None:
            limit = f"did not end within {self._spec.timeout_s:g} s and was stopped"
            return self._refusal(RefusalKind.HELPER_HUNG, limit)
        return self._judge(ended.status, ended.out, ended.err)

    def _judge(self, status: int, printed: Output, said: Output) -> Token | Refusal:
        if printed.is_cut:
            most = f"printed more than {MAX_OUTPUT // 1024} KiB, which is no token"
            return self._refusal(RefusalKind.HELPER_RUBBISH, most)
        if status:
            way = f"status {status}" if status > 0 else f"signal {-status}"
            line = _masked_line(said)
            cause = f"failed with {way}" + (f": {line}" if line else "")
            return self._refusal(RefusalKind.HELPER_FAILED, cause, line)
        found = read_token(Secret(printed.data.decode(errors="replace")))
        if found is TokenFault.EMPTY:
            return self._refusal(RefusalKind.HELPER_EMPTY, "printed nothing")
        if found is TokenFault.RUBBISH:
            what = "printed something that is not a token"
            return self._refusal(RefusalKind.HELPER_RUBBISH, what)
        return found

    def _refusal(self, kind: RefusalKind, what: str, said: str = "") -> Refusal:
        return refusal(kind, texts.helper(self._name, what), said=said)


def _masked_line(said: Output) -> str:
    """The first line that says something, masked, without its full stop."""
    lines = mask_keys(bytes(said.data[:4096])).decode(errors="replace").split("\n")
    line = next((line.strip() for line in lines if line.strip()), "")[:_MAX_LINE]
    line = _NAMED.sub(rf"\g<1>{STARS}", line)
    return printable(_LONG_WORD.sub(STARS, line), _MAX_LINE).rstrip(".")
