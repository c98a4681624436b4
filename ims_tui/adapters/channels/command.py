"""Runs the operator's program on news: no shell, little time."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from string import Template

from ims_tui.adapters.program import run_program
from ims_tui.core.errors import ChannelError, reason_of
from ims_tui.core.notices.message import Message
from ims_tui.core.text import printable

_LOG = logging.getLogger(__name__)

MOST_ERRORS = 4096
"""Bytes kept of what one run writes to its standard error."""

_MOST_SAID = 200
"""Characters told of that; the log has all that is kept."""


class CommandChannel:
    """Starts one process for each piece of news; its standard output goes nowhere.

    Args:
        argv: the program and its arguments; `$IMS_TUI_...` in them is replaced.
        timeout_s: it is killed after this, with all that it started in its group.
        environ: variables it gets besides those of the news.
    """

    def __init__(
        self, argv: Sequence[str], timeout_s: float, environ: Mapping[str, str]
    ) -> None:
        self._argv = argv
        self._timeout_s = timeout_s
        self._environ = environ

    async def send(self, message: Message) -> None:
        """Run it for each piece of news; the document is its standard input.

        Raises:
            ChannelError: it cannot be started, takes too long or says that it failed.
        """
        for news in message.news:
            variables = {f"IMS_TUI_{name}": fact for name, fact in news.facts.items()}
            await self._run(variables, news.document.encode())

    async def _run(self, variables: Mapping[str, str], document: bytes) -> None:
        program = self._argv[0]
        try:
            ended = await run_program(
                filled(self._argv, variables),
                self._timeout_s,
                given=document,
                environ={**self._environ, **variables},
                most_bytes=MOST_ERRORS,
                keeps_out=False,
                ends_all=False,  # such as a program that shows the notice
            )
        except (OSError, ValueError) as error:
            raise ChannelError(f"{program}: {reason_of(error)}") from error
        said = _last_words(program, bytes(ended.err.data))
        if ended.status is None:
            limit = f"{self._timeout_s:g} s"
            raise ChannelError(f"{program} took longer than {limit}{said}")
        if ended.status != 0:
            raise ChannelError(f"{program} {_how(ended.status)}{said}")


def _last_words(program: str, errors: bytes) -> str:
    """What to add of its last line to its end; all that it wrote is logged."""
    written = errors.decode("utf-8", "replace").splitlines()
    lines = [text for line in written if (text := printable(line))]
    for line in lines:
        _LOG.info("notify: %s says: %s", program, line)
    return f": {printable(lines[-1], _MOST_SAID)}" if lines else ""


def _how(status: int) -> str:
    """How a program ended that did not end well."""
    return f"ended with {status}" if status > 0 else f"was ended by signal {-status}"


def filled(argv: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """The program's arguments with `$IMS_TUI_...` replaced; no shell ever sees them."""
    return [Template(part).safe_substitute(variables) for part in argv]
