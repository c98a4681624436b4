"""Coverage-guided fuzzing of what reads bytes of anybody's: `... TARGET --minutes N`.

Needs atheris (`pip install 'ims-tui[fuzz]'`), which counts the executions.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import Any

import tomli_w

from ims_tui.core.service.reply import parse_reply
from ims_tui.core.toml.reader import read_toml
from ims_tui.core.watchlist.document import WatchDoc, WatchTextError
from ims_tui.core.watchlist.ids import find_ids
from ims_tui.core.watchlist.rewrite import edited
from ims_tui.core.watchlist.watch import Watch
from ims_tui.ui.input_stream import Keystroke
from tests.adapters.stored import COLUMNS, read_all, write_odd
from tests.core.samples import JOB_ID, NOW, sample
from tests.core.service.test_hostile_replies import examine
from tests.ui.test_input_stream import SEQUENCES, typed

SLOW_S = 20
"""An input that takes longer is a fault, which ends the run."""

NEW = Watch("f" * 32, label="new")
PLACES = [(t, name) for t, names in COLUMNS.items() for name in names.split(",")]


def replies(data: bytes) -> None:
    """The decoder of replies: the first byte chooses the status."""
    status = (200, 400, 401, 429, 500)[data[0] % 5] if data else 200
    examine(parse_reply(status, {}, data[1:], JOB_ID, now=NOW))


def lists(data: bytes) -> None:
    """The scanner of TOML and the edits of the list: nothing but a job is added."""
    with suppress(WatchTextError):
        doc = WatchDoc.parse(data)
        after = edited(doc, (*doc.watches, NEW), tomli_w.dumps)
        assert NEW.key in {watch.key for watch in WatchDoc.parse(after.data).watches}
        before, now = read_toml(doc.text), read_toml(after.text)
        before.pop("jobs", None)
        now.pop("jobs", None)
        assert repr(before) == repr(now)


def ids(data: bytes) -> None:
    """The finder of ids."""
    report = find_ids(data.decode("utf-8", "replace"))
    assert all(len(each) == 32 for each in report.found)


def escapes(data: bytes) -> None:
    """The parser of what a terminal sends: the next key counts."""
    text = data.decode("utf-8", "replace")
    half = len(text) // 2
    given = typed([text[:half], text[half:], "\x18", "\x03"], [0.0, 0.2, 9.0, 9.0])
    assert given[-1] == Keystroke("\x03")


def rows(data: bytes) -> None:
    """Stored rows: the first byte chooses the column."""
    if not data:
        return
    value = data[2:] if data[1:2] < b"\x40" else data[2:].decode("utf-8", "replace")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.db")
        write_odd(path, [(PLACES[data[0] % len(PLACES)], value)])
        read_all(path)


TARGETS: Mapping[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "replies": (replies, [b"\0" + sample("running-parent.json"), b"\1{}"]),
    "lists": (lists, [b'# c\n[[jobs]]\nid = "' + b"a" * 32 + b'"\ntags = ["x"]\n']),
    "ids": (ids, [b'{"job_id": "' + b"a" * 32 + b'"}']),
    "escapes": (escapes, [each.encode() for each in SEQUENCES]),
    "rows": (rows, [b"\x02\x50" + b"2026-11-23T11:00:00Z", b"\x0c\x50[[1]]"]),
}


def ours() -> Iterator[FunctionType]:
    """Functions of the program that are loaded by now: their branches are counted."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ims_tui."):
            members = [*vars(module).values()]
            classes = [each for each in members if isinstance(each, type)]
            for each in (*members, *(m for c in classes for m in vars(c).values())):
                if isinstance(each, FunctionType) and each.__module__ == name:
                    yield each


def main() -> None:
    """Fuzz one target; ends with a traceback and the input where it fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=5.0)
    args = parser.parse_args()
    logging.disable()
    atheris: Any = __import__("atheris")
    target, samples = TARGETS[args.target]
    for function in ours():
        atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(samples):
            Path(folder, str(number)).write_bytes(each)
        limits = [f"-max_total_time={args.minutes * 60:.0f}", "-rss_limit_mb=2048"]
        limits += [f"-timeout={SLOW_S}", "-max_len=4096"]
        atheris.Setup([sys.argv[0], folder, *limits], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
