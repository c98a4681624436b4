"""The operator's program: its input, its time, how many at once."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from ims_tui.adapters.hookrun import MOST_AT_ONCE, HookRunner
from ims_tui.core.headless.hooks import Notice

NOTICE = Notice({"IMS_TUI_TITLE": "a 'title'; $(x)"}, b'{"event": "fail"}')


async def test_it_gets_the_document_the_variables_and_no_shell(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib;"
        "pathlib.Path(sys.argv[2]).write_text("
        "sys.argv[1] + os.environ['IMS_TUI_TITLE'] + sys.stdin.read())"
    )
    out = tmp_path / "out"
    argv = [sys.executable, "-c", code, "<$IMS_TUI_TITLE>", str(out)]
    hooks = HookRunner(argv, 20.0, {})
    hooks.run(NOTICE)
    await hooks.drain()
    assert out.read_text() == "<a 'title'; $(x)>a 'title'; $(x){\"event\": \"fail\"}"
    assert hooks.problem == ""


async def test_what_goes_wrong_is_kept() -> None:
    for argv, limit_s, problem in (
        (["/nowhere/program"], 5.0, "/nowhere/program: No such file or directory"),
        (["false"], 5.0, "false ended with 1"),
        (["sh", "-c", "echo so; echo why >&2; exit 3"], 5.0, "sh ended with 3: why"),
        (["sh", "-c", "kill -9 0"], 5.0, "sh was ended by signal 9"),
        (["sleep", "60"], 0.05, "sleep took longer than 0.05 s"),
    ):
        hooks = HookRunner(argv, limit_s, {"PATH": "/usr/bin:/bin"})
        hooks.run(NOTICE)
        await hooks.drain()
        assert hooks.problem == problem
        assert hooks.failures == 1


def until_lines(path: Path, count: int) -> None:
    end = time.monotonic() + 20
    while not path.exists() or path.read_text().count("\n") < count:
        assert time.monotonic() < end
        time.sleep(0.01)


async def test_at_the_end_none_is_started_and_those_that_run_end_in_time(
    tmp_path: Path,
) -> None:
    mark = tmp_path / "started"
    held = tmp_path / "held"
    os.mkfifo(held)
    stubborn = 'trap \'\' TERM INT HUP; exec 9>"$1"; sleep 600 & echo x >> "$2"; wait'
    argv = ["sh", "-c", stubborn, "sh", str(held), str(mark)]
    hooks = HookRunner(argv, 300.0, {"PATH": "/usr/bin:/bin"})
    for _ in range(2 * MOST_AT_ONCE):
        hooks.run(NOTICE)
    number = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    await asyncio.to_thread(until_lines, mark, MOST_AT_ONCE)
    await hooks.end(0.05)
    os.set_blocking(number, True)
    async with asyncio.timeout(20):
        assert await asyncio.to_thread(os.read, number, 1) == b"", "all have ended"
    os.close(number)
    assert mark.read_text() == "x\n" * MOST_AT_ONCE


def counts_in(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("seen-*")]


async def test_only_a_few_run_at_once(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys, time; d = pathlib.Path(sys.argv[1]);"
        "me = d / str(os.getpid()); me.touch();"
        "n = len(list(d.glob('[0-9]*'))); time.sleep(0.1); me.unlink();"
        "(d / f'seen-{os.getpid()}').write_text(str(n))"
    )
    hooks = HookRunner([sys.executable, "-c", script, str(tmp_path)], 20.0, {})
    for _ in range(3 * MOST_AT_ONCE):
        hooks.run(NOTICE)
    await hooks.drain()
    seen = counts_in(tmp_path)
    assert len(seen) == 3 * MOST_AT_ONCE
    assert max(seen) <= MOST_AT_ONCE
