"""The operator's program: its input, its time, how many at once."""

from __future__ import annotations

import sys
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
        (["sleep", "60"], 0.05, "sleep took longer than 0.05 s"),
    ):
        hooks = HookRunner(argv, limit_s, {"PATH": "/usr/bin:/bin"})
        hooks.run(NOTICE)
        await hooks.drain()
        assert hooks.problem == problem


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
