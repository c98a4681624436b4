"""Runs the operator's program on news: no shell, little time, few at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from string import Template

from ims_tui.adapters.program import run_program
from ims_tui.core.errors import ChannelError, reason_of
from ims_tui.core.notices.message import Message

MOST_AT_ONCE = 4


class CommandChannel:
    """Starts one process for each piece of news; its output goes nowhere.

    Args:
        argv: the program and its arguments; `$IMS_TUI_...` in them is replaced.
        timeout_s: it is killed after this.
        environ: variables it gets besides those of the news.
    """

    def __init__(
        self, argv: Sequence[str], timeout_s: float, environ: Mapping[str, str]
    ) -> None:
        self._argv = argv
        self._timeout_s = timeout_s
        self._environ = environ
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def send(self, message: Message) -> None:
        """Run it for each piece of news; the document is its standard input.

        Raises:
            ChannelError: it cannot be started, takes too long or says that it failed.
        """
        for news in message.news:
            variables = {f"IMS_TUI_{name}": fact for name, fact in news.facts.items()}
            async with self._places:
                await self._run(variables, news.document.encode())

    async def _run(self, variables: Mapping[str, str], document: bytes) -> None:
        program = self._argv[0]
        try:
            ended = await run_program(
                filled(self._argv, variables),
                self._timeout_s,
                given=document,
                environ={**self._environ, **variables},
                ends_all=False,  # such as a program that shows the notice
            )
        except (OSError, ValueError) as error:
            raise ChannelError(f"{program}: {reason_of(error)}") from error
        if ended.status is None:
            raise ChannelError(f"{program} took longer than {self._timeout_s:g} s")
        if ended.status > 0:
            raise ChannelError(f"{program} ended with {ended.status}")


def filled(argv: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """The program's arguments with `$IMS_TUI_...` replaced; no shell ever sees them."""
    return [Template(part).safe_substitute(variables) for part in argv]
