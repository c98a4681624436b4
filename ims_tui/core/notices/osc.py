"""A notice as what a terminal shows beside its picture, and a bell with it.

Sources: OSC 9 iterm2.com/documentation-escape-codes.html (also Ghostty, WezTerm,
Windows Terminal); OSC 99 sw.kovidgoyal.net/kitty/desktop-notifications; OSC 777 as of
urxvt's notify extension (also foot, VTE). tmux passes none of them on unless they are
wrapped and `allow-passthrough` is on, and not from a hidden window, so the bell always
goes along; GNU screen takes them wrapped as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from ims_tui.core.notices.message import Message
from ims_tui.core.text import printable

_ESC = "\x1b"
_END = "\x1b\\"
BELL = "\x07"
_NINE = ("iTerm.app", "WezTerm", "ghostty")


def notice(message: Message, environ: Mapping[str, str]) -> str:
    """What to write to a terminal: the best sequence it knows, and a bell."""
    title = printable(message.title)
    body = printable("  ".join(message.body.splitlines()))
    return wrapped(_sequence(title, body, environ), environ) + BELL


def _sequence(title: str, body: str, environ: Mapping[str, str]) -> str:
    """Empty where it is not known that the terminal has one."""
    term = environ.get("TERM", "")
    if environ.get("KITTY_WINDOW_ID") or term == "xterm-kitty":
        head = f"{_ESC}]99;i=ims-tui:d=0;{title}{_END}"
        return f"{head}{_ESC}]99;i=ims-tui:p=body;{body}{_END}"
    programs = (environ.get("TERM_PROGRAM"), environ.get("LC_TERMINAL"))
    is_nine = any(p in (*_NINE, "iTerm2") for p in programs)
    if is_nine or environ.get("WT_SESSION") or term == "xterm-ghostty":
        return f"{_ESC}]9;{title}  {body}{_END}"
    if environ.get("VTE_VERSION") or term.startswith(("foot", "rxvt")):
        plain = title.replace(";", ",")
        return f"{_ESC}]777;notify;{plain};{body}{_END}"
    return ""


def wrapped(sequence: str, environ: Mapping[str, str]) -> str:
    """A sequence as tmux or GNU screen passes it on; without one of them as it is."""
    if not sequence:
        return ""
    if environ.get("TMUX"):
        return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_END}"
    if environ.get("STY"):
        parts = sequence.split(_END)[:-1]  # the end of a part would end the wrapping
        return "".join(f"{_ESC}P{part}{BELL}{_END}" for part in parts)
    return sequence
