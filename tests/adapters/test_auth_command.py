"""Helper programs: a token, or a sentence of their own for each way to fail."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.adapters.auth.command import TokenCommand
from ims_tui.core.config.settings import CommandSpec
from ims_tui.core.signin.credential import SignInRefusedError, Token
from ims_tui.core.signin.refusal import Refusal, RefusalKind
from ims_tui.core.signin.secret import Secret

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def python(code: str, *arguments: str, timeout_s: float = 20.0) -> CommandSpec:
    argv = (sys.executable, "-S", "-E", "-c", code, *arguments)
    return CommandSpec(argv, timeout_s)


async def run(spec: CommandSpec) -> Token | Refusal:
    return await TokenCommand(spec).obtain()


async def test_a_printed_token_is_taken() -> None:
    assert await run(python("print('t0k-en')")) == Token(Secret("t0k-en"))
    code = """print('{"token": "t", "expires_at": "2026-11-23T13:00:00Z"}')"""
    assert await run(python(code)) == Token(Secret("t"), START + timedelta(hours=1))


async def test_no_shell_reads_the_arguments() -> None:
    odd = "$HOME;`id`|*?"
    code = "import sys; print(sys.argv[1])"
    assert await run(python(code, odd)) == Token(Secret(odd))


async def test_the_helper_has_no_input() -> None:
    code = "import sys; print('in' + repr(sys.stdin.read()).strip(chr(39)))"
    assert await run(python(code)) == Token(Secret("in"))


@pytest.mark.parametrize(
    ("spec", "kind", "words"),
    [
        (python("raise SystemExit(3)"), RefusalKind.HELPER_FAILED, "status 3."),
        (
            python("import os; os.kill(os.getpid(), 15)"),
            RefusalKind.HELPER_FAILED,
            "signal 15.",
        ),
        (
            python("import sys; sys.exit('\\n\\x1b[1mVault is sealed.\\nmore')"),
            RefusalKind.HELPER_FAILED,
            "status 1: \\x1b[1mVault is sealed.",
        ),
        (python(""), RefusalKind.HELPER_EMPTY, "printed nothing."),
        (python("print('Usage: it')"), RefusalKind.HELPER_RUBBISH, "not a token."),
        (python("print('x' * 90000)"), RefusalKind.HELPER_RUBBISH, "64 KiB"),
        (
            python("while True: print('x' * 9000)"),
            RefusalKind.HELPER_RUBBISH,
            "64 KiB",
        ),
        (
            python("import time; time.sleep(600)", timeout_s=0.3),
            RefusalKind.HELPER_HUNG,
            "did not end within 0.3 s",
        ),
        (
            CommandSpec(("/nonexistent/helper",)),
            RefusalKind.HELPER_MISSING,
            "No such file",
        ),
        (CommandSpec(("/",)), RefusalKind.HELPER_MISSING, "cannot be started"),
        (CommandSpec(()), RefusalKind.HELPER_MISSING, "cannot be started"),
        (CommandSpec(("a\0b",)), RefusalKind.HELPER_MISSING, "cannot be started"),
    ],
)
async def test_each_way_to_fail_has_its_sentence(
    spec: CommandSpec, kind: RefusalKind, words: str
) -> None:
    found = await run(spec)
    assert isinstance(found, Refusal)
    assert found.kind is kind
    assert words in found.cause
    assert found.cause.startswith("The credential helper ")
    assert found.cause.isprintable()


@pytest.mark.parametrize(
    "complaint",
    [
        "cannot use token gAAAAABhunter2hunter2hunter2",
        "password=hunter2 is wrong",
        "Secret: hunter2",
        "eyJhbGciOiJIUzI1NiIs.hunter2.c2lnbmF0dXJl",
        "HUNTER2HUNTER2HUNTER2",
    ],
)
async def test_a_helper_that_complains_with_a_secret_is_masked(complaint: str) -> None:
    found = await run(python("import sys; sys.exit(sys.argv[1])", complaint))
    assert isinstance(found, Refusal)
    assert "hunter2" not in repr(found).lower()


async def test_much_chatter_on_stderr_does_not_block_it() -> None:
    code = "import sys; sys.stderr.write('x' * 500000); print('t')"
    assert await run(python(code)) == Token(Secret("t"))


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A pipe that a process holds open as long as it lives."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    return path


HOLD = "import sys, time; held = open(sys.argv[1], 'w'); time.sleep(60)"


async def test_what_a_helper_leaves_running_is_ended_with_it(fifo: Path) -> None:
    # The helper ends; its child holds the output open.
    child_argv = [sys.executable, "-S", "-c", HOLD, str(fifo)]
    code = f"import subprocess; subprocess.Popen({child_argv!r})"
    child = asyncio.create_task(asyncio.to_thread(fifo.read_text))
    found = await run(python(code, timeout_s=3.0))
    assert isinstance(found, Refusal)
    assert found.kind is RefusalKind.HELPER_EMPTY
    async with asyncio.timeout(20):
        assert await child == ""


async def test_a_cancelled_helper_is_killed(fifo: Path) -> None:
    task = asyncio.create_task(run(python(HOLD, str(fifo))))
    alive = await asyncio.to_thread(fifo.open)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with alive:
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(alive.read) == ""


def serve(good: set[str], seen: list[str]) -> httpx.AsyncClient:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["X-Auth-Token"])
        return httpx.Response(200 if seen[-1] in good else 401, json={})

    return httpx.AsyncClient(transport=httpx.MockTransport(handle))


def counting(path: Path) -> CommandSpec:
    code = (
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text() + 'x' if path.exists() else 'x')\n"
        "print('token-' + str(len(path.read_text())))\n"
    )
    return python(code, str(path))


async def get(http: httpx.AsyncClient, auth: SignInAuth) -> httpx.Response:
    return await http.get("https://ims.example.com/", auth=auth)


async def test_a_refused_token_is_asked_for_once_more(tmp_path: Path) -> None:
    seen: list[str] = []
    async with serve({"token-2"}, seen) as http:
        auth = make_auth(counting(tmp_path / "n"), http=http, now=lambda: START)
        answers = await asyncio.gather(*(get(http, auth) for _ in range(20)))
        assert all(answer.is_success for answer in answers)
        assert seen == ["token-1"] + ["token-2"] * 20
        assert auth.state.renews


async def test_a_helper_that_prints_the_refused_token_again_stops(
    tmp_path: Path,
) -> None:
    seen: list[str] = []
    async with serve(set(), seen) as http:
        auth = make_auth(python("print('cached')"), http=http, now=lambda: START)
        for _ in range(3):
            with pytest.raises(SignInRefusedError):
                await get(http, auth)
        assert seen == ["cached"]
