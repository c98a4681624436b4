"""What ends the event loop of a command."""

from __future__ import annotations

import asyncio

import pytest

from ims_tui.cli.process import run_loop
from ims_tui.core.errors import OutputError


async def meet(*errors: Exception) -> int:
    """Several tasks, each of which meets an error."""

    async def one(error: Exception) -> None:
        raise error

    async with asyncio.TaskGroup() as outer, asyncio.TaskGroup() as tasks:
        for error in errors:
            tasks.create_task(one(error))
        outer.create_task(asyncio.sleep(0))
    return 0


@pytest.mark.parametrize("error", [BrokenPipeError(32, "gone"), OutputError("full")])
def test_what_all_tasks_met_is_what_ends_the_program(error: Exception) -> None:
    with pytest.raises(type(error)):
        run_loop(meet(error, error))


def test_a_fault_among_them_stays_one() -> None:
    with pytest.raises(ExceptionGroup) as told:
        run_loop(meet(BrokenPipeError(32, "gone"), ZeroDivisionError()))
    assert told.value.subgroup(ZeroDivisionError)
