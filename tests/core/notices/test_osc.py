"""Notices of terminals: each its own sequence, and always a bell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.osc import notice
from tests.core.notices.some_news import some_news

KITTY = {"TERM": "xterm-kitty"}
VTE = {"VTE_VERSION": "7600", "TERM": "xterm-256color"}
ITERM = {"TERM_PROGRAM": "iTerm.app"}
OSC9 = "\x1b]9;t;x  a  b\x1b\\"
OSC777 = "\x1b]777;notify;t,x;a  b\x1b\\"
OSC99 = "\x1b]99;i=ims-tui:d=0;t;x\x1b\\\x1b]99;i=ims-tui:p=body;a  b\x1b\\"


def said(environ: Mapping[str, str], title: str = "t;x", body: str = "a\nb") -> str:
    return notice(Message(title, body, Level.URGENT, [some_news()]), environ)


@pytest.mark.parametrize(
    ("environ", "sequence"),
    [
        (ITERM, OSC9),
        ({"TERM_PROGRAM": "WezTerm"}, OSC9),
        ({"TERM": "xterm-ghostty"}, OSC9),
        ({"WT_SESSION": "1"}, OSC9),
        (KITTY, OSC99),
        (VTE, OSC777),
        ({"TERM": "foot"}, OSC777),
        ({"TERM": "rxvt-unicode-256color"}, OSC777),
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "linux", "TMUX": "x"}, ""),
    ],
)
def test_each_terminal_its_own(environ: Mapping[str, str], sequence: str) -> None:
    assert said(environ) == sequence + "\x07"


def test_wrapped_for_tmux() -> None:
    wrapped = "\x1bPtmux;" + OSC777.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    assert said({**VTE, "TMUX": "/tmp/tmux"}) == wrapped + "\x07"


def test_wrapped_for_screen() -> None:
    wrapped = "\x1bP\x1b]777;notify;t,x;a  b\x07\x1b\\"
    assert said({**VTE, "STY": "1.pts"}) == wrapped + "\x07"


@pytest.mark.parametrize("environ", [ITERM, KITTY, VTE])
@given(title=st.text(), body=st.text())
def test_no_text_ends_a_sequence_or_begins_one(
    environ: Mapping[str, str], title: str, body: str
) -> None:
    parts = said(environ, title, body).removesuffix("\x07").split("\x1b")
    begins, ends = parts[1::2], parts[2::2]
    assert all(part.startswith("]") for part in begins)
    assert all(part == "\\" for part in ends)
    assert not any(unicodedata.category(char) == "Cc" for char in "".join(begins))
