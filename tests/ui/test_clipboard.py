"""OSC 52 and native tools."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest

from ims_tui.ui.clipboard import LIMIT, Clipboard, TooLongError, native_tool, osc52
from ims_tui.ui.window_title import WindowTitle

PLAIN = {"TERM": "xterm-256color"}


async def nothing_runs(argv: Sequence[str], given: bytes | None) -> bool:
    return False


def payload(sequence: str) -> str:
    data = sequence.partition("]52;c;")[2]
    data = data.partition("\x1b\\")[0].partition("\x07")[0]
    return base64.b64decode(data).decode()


def test_the_sequence_ends_in_st_and_carries_any_text() -> None:
    sequence = osc52("跨区 \x1b[2J ok", PLAIN)
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x1b\\")
    assert payload(sequence) == "跨区 \x1b[2J ok"
    assert sequence.count("\x1b") == 2


def test_tmux_gets_it_plain_and_wrapped() -> None:
    sequence = osc52("id", {**PLAIN, "TMUX": "/tmp/tmux"})
    plain, _, wrapped = sequence.partition("\x1bPtmux;")
    assert payload(plain) == "id"
    assert wrapped == plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def test_screen_gets_it_in_pieces_it_passes_on() -> None:
    sequence = osc52("x" * 500, {"TERM": "screen-256color"})
    pieces = sequence.removesuffix("\x1b\\").split("\x1b\\")
    assert all(piece.startswith("\x1bP") and len(piece) <= 78 for piece in pieces)
    assert payload("".join(piece[2:] for piece in pieces)) == "x" * 500


def test_the_limit_is_kept() -> None:
    most = LIMIT // 4 * 3
    assert len(osc52("x" * most, PLAIN)) <= LIMIT + 9
    with pytest.raises(TooLongError, match="of at most 74994 bytes"):
        osc52("x" * (most + 3), PLAIN)


def test_no_tool_of_the_server_is_used_over_ssh() -> None:
    everything = {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}
    assert native_tool(everything, lambda name: name) == ("pbcopy",)
    assert (
        native_tool({**everything, "SSH_TTY": "/dev/pts/0"}, lambda name: name) is None
    )
    linux = native_tool({"DISPLAY": ":0"}, {"wl-copy": "", "xclip": "/bin/xclip"}.get)
    assert linux is not None
    assert linux[0] == "xclip"


@pytest.mark.parametrize(
    ("way", "text", "said"),
    [
        ("auto", "abc", "Copied id (3 characters) through the terminal."),
        ("off", "abc", "Copying is off (ui.clipboard)."),
        (
            "native",
            "abc",
            "Not copied: id (3 characters); no clipboard tool works",
        ),
        ("osc52", "x" * 60_000, "Not copied: id (60,000 characters); the terminal"),
    ],
)
async def test_it_is_said_what_happened(way: str, text: str, said: str) -> None:
    written: list[str] = []
    told = await Clipboard(way, PLAIN, written.append, nothing_runs).copy("id", text)
    assert told.startswith(said)
    assert bool(written) == told.startswith("Copied")


async def test_a_tool_of_the_desk_gets_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xsel").write_text("#!/bin/sh\n")
    (tmp_path / "xsel").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    given: list[tuple[str, bytes | None]] = []

    async def start(argv: Sequence[str], text: bytes | None) -> bool:
        given.append((argv[0], text))
        return True

    clipboard = Clipboard("native", {"DISPLAY": ":0"}, written.append, start)
    told = await clipboard.copy("id", "跨区")
    assert told == "Copied id (2 characters) through xsel."
    assert given == [("xsel", "跨区".encode())]


def test_the_title_is_kept_set_once_and_restored() -> None:
    written: list[str] = []
    title = WindowTitle(written.append, PLAIN, is_on=True)
    title.show("3 run")
    title.show("3 run")
    title.show("2 run\x07\x1b]")
    title.restore()
    assert written[0] == "\x1b[22;2t\x1b]2;3 run\x1b\\"
    assert written[1] == "\x1b]2;2 run\\x07\\x1b]\x1b\\"
    assert written[2].endswith("\x1b[23;2t")
    assert len(written) == 3


@pytest.mark.parametrize("terminal", ["linux", "vt100", "dumb"])
def test_terminals_without_a_title_get_none(terminal: str) -> None:
    written: list[str] = []
    title = WindowTitle(written.append, {"TERM": terminal}, is_on=True)
    title.show("3 run")
    title.restore()
    assert written == []
