"""Programs of the operator's: whatever they do, they end at their limit."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from ims_tui.adapters.program import Ended, run_program, start_program

LEAVES_A_CHILD = """
import subprocess, sys
hold = "import os, sys, time; held = open(sys.argv[1], 'w'); "
hold += "print(os.getpid(), file=held, flush=True); time.sleep(600)"
subprocess.Popen(
    [sys.executable, "-S", "-c", hold, sys.argv[1]],
    start_new_session=sys.argv[2] == "apart",
)
open(sys.argv[1]).readline()
print("t0ken")
"""
"""Ends when its child runs, which holds the output and a named pipe open."""


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "held"
    os.mkfifo(path)
    return path


async def has_ended(held: Path) -> bool:
    """Whether the child lets go of the pipe, which only its end does."""
    number = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(number, True)
    try:
        async with asyncio.timeout(20.0):
            return await asyncio.to_thread(os.read, number, 1) == b""
    finally:
        os.close(number)


async def run(code: str, *arguments: str, limit_s: float = 20.0) -> Ended:
    argv = [sys.executable, "-S", "-E", "-c", code, *arguments]
    return await run_program(argv, limit_s, most_bytes=4096)


async def test_what_it_prints_is_kept_and_its_status() -> None:
    ended = await run("import sys; print('out'); sys.exit('err')")
    assert ended.status == 1
    assert (bytes(ended.out.data), bytes(ended.err.data)) == (b"out\n", b"err\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_flood_ends_within_the_limit_and_is_not_kept(stream: str) -> None:
    code = f"import sys\nwhile True: sys.{stream}.write('y' * 4096)"
    ended = await run(code, limit_s=1.0)
    kept = ended.out if stream == "stdout" else ended.err
    assert kept.is_cut
    assert len(kept.data) == 4096
    assert ended.status in (None, -signal.SIGKILL)


async def test_a_child_that_holds_the_pipes_is_ended_with_it(held: Path) -> None:
    ended = await run(LEAVES_A_CHILD, str(held), "in the group")
    assert (ended.status, bytes(ended.out.data)) == (0, b"t0ken\n")
    assert await has_ended(held)


async def test_a_child_of_another_group_holds_up_nothing(held: Path) -> None:
    code = LEAVES_A_CHILD.replace("open(sys.argv[1]).readline()", "") + (
        "print(open(sys.argv[1]).readline())"
    )
    ended = await run(code, str(held), "apart")
    token, pid = bytes(ended.out.data).split()
    os.kill(int(pid), signal.SIGKILL)
    assert (ended.status, token) == (0, b"t0ken")


async def test_nobody_wonders_about_what_was_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(5):  # it is a race
        runs = (run_program(["sleep", "60"], 0.0) for _ in range(8))
        assert {ended.status for ended in await asyncio.gather(*runs)} == {None}
    await asyncio.sleep(0)
    assert caplog.text == ""


async def test_what_may_go_on_alone_is_ended_at_the_limit(held: Path) -> None:
    argv = [sys.executable, "-S", "-c", LEAVES_A_CHILD, str(held), "in the group"]
    ended = await run_program(argv, 3.0, ends_all=False)
    assert ended.status is None
    assert await has_ended(held)


async def test_it_need_not_read_what_it_is_given() -> None:
    ended = await run_program(["true"], 20.0, given=b"x" * 1_000_000)
    assert ended.status == 0


@pytest.mark.parametrize("argv", [[], ["a\0b"]])
async def test_no_program_is_a_mistake(argv: list[str]) -> None:
    with pytest.raises(ValueError, match=r"program|null"):
        await run_program(argv, 1.0)


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


async def test_a_program_of_the_desk_gets_its_arguments_and_its_text(
    tmp_path: Path,
) -> None:
    got = tmp_path / "got"
    program = script(tmp_path, f'echo "$# $1" > {got}; cat >> {got}')
    assert await start_program([program, "a b"], "跨区".encode())
    assert got.read_text() == "1 a b\n跨区"


async def test_a_program_of_the_desk_gets_no_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = tmp_path / "got"
    monkeypatch.setenv("IMS_TUI_TOKEN", "t0ken")
    monkeypatch.setenv("HW_SECRET_KEY", "t0ken")
    monkeypatch.setenv("DISPLAY", ":7")
    assert await start_program([script(tmp_path, f"env > {got}")])
    assert "DISPLAY=:7\n" in got.read_text()
    assert "t0ken" not in got.read_text()


async def test_a_program_of_the_desk_that_fails_or_is_not_there_did_nothing(
    tmp_path: Path,
) -> None:
    assert not await start_program([script(tmp_path, "exit 3")])
    assert not await start_program(["/proc/nonexistent"])
    assert not await start_program(["true", "a\0b"])


@pytest.mark.parametrize("given", [None, b"text"])
async def test_who_reads_nothing_may_go_on_and_who_was_given_a_text_may_not(
    tmp_path: Path, held: Path, given: bytes | None
) -> None:
    program = script(tmp_path, f"exec 3> {held}; echo $$ >&3; exec sleep 600")
    reading = asyncio.create_task(asyncio.to_thread(held.open, "rb"))
    assert await start_program([program], given, 1.0) is (given is None)
    with await reading as pipe:
        group = int(pipe.readline())
        if given is None:
            assert os.getpgid(group) == group != os.getpgid(0)
            os.kill(group, signal.SIGKILL)
        async with asyncio.timeout(20.0):
            assert await asyncio.to_thread(pipe.read) == b""
