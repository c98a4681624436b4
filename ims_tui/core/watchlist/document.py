"""The text of the watchlist as one value: its entries, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from ims_tui.core.text import BOM, printable
from ims_tui.core.toml.reader import read_toml
from ims_tui.core.toml.subset import read_plain
from ims_tui.core.watchlist.entrytoml import EntryError, read_entry, shown
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch, WatchProblem

if TYPE_CHECKING:  # only a save, or a mistake, takes the text apart
    from ims_tui.core.toml.blocks import Piece

SCHEMA = 1
"""The newest schema we know."""

JOBS = "jobs"
"""The array of tables that holds the entries."""

HEAD = f"""\
# ims-tui watchlist, schema {SCHEMA}. Written by ims-tui; edits are taken over while \
it runs.
# Entries and comments that ims-tui does not touch keep their bytes.
schema = {SCHEMA}

"""
"""What a new file begins with."""

_AT = re.compile(r"(.*) \(at (?:line (\d+), column \d+|(end of document))\)", re.S)


class WatchTextError(ValueError):
    """The text is no watchlist; one line that says where and why."""


class DocumentEntry(NamedTuple):
    """One entry as read."""

    key: JobKey | None
    """None where the entry does not name a job."""
    watch: Watch | None
    """None where the entry cannot be used."""
    problem: str = ""
    """Begins with the key that is at fault, such as `added` or `result.status`."""


class WatchDoc(Struct):
    """One version of the watchlist's text. Only `pieces` is made late, when needed."""

    text: str
    entries: tuple[DocumentEntry, ...]
    schema: int = SCHEMA
    has_bom: bool = False
    _pieces: list[Piece] | None = None
    _is_split: bool = False

    @classmethod
    def parse(cls, data: bytes) -> WatchDoc:
        """Read a file's bytes; an entry that cannot be used does not harm the others.

        Raises:
            WatchTextError: not UTF-8, not TOML, or no list of entries.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise WatchTextError(f"line {line}: not UTF-8 text") from None
        bare = text.removeprefix(BOM)
        has_bom = len(bare) < len(text)
        if not bare.strip():
            bare = HEAD
        root = read_plain(bare)
        if root is None:
            root = _load(bare)
        schema = root.get("schema", SCHEMA)
        if not isinstance(schema, int) or isinstance(schema, bool):
            raise WatchTextError(f"schema = {shown(schema)} is not a number such as 1")
        tables = root.get(JOBS, [])
        if not isinstance(tables, list):
            raise WatchTextError("jobs is not a list of [[jobs]] entries")
        return cls(bare, _read_entries(tables), schema, has_bom)

    @classmethod
    def joined(
        cls, pieces: list[Piece], entries: Sequence[DocumentEntry], old: WatchDoc
    ) -> WatchDoc:
        """Put pieces together to the text that follows `old`."""
        text = "".join(piece.text for piece in pieces)
        return cls(text, tuple(entries), old.schema, old.has_bom, pieces, True)

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return ((BOM if self.has_bom else "") + self.text).encode()

    @property
    def newline(self) -> str:
        """How the first line ends, and so every line we write."""
        return "\r\n" if self.text[: self.text.find("\n")].endswith("\r") else "\n"

    @property
    def watches(self) -> tuple[Watch, ...]:
        """The entries that can be used, in the order of the file."""
        return tuple(entry.watch for entry in self.entries if entry.watch)

    @property
    def is_newer(self) -> bool:
        """Whether a newer release wrote it, so that we must not."""
        return self.schema > SCHEMA

    @property
    def pieces(self) -> list[Piece] | None:
        """The text cut up, as many entry pieces as entries; None where it cannot be."""
        if not self._is_split:
            from ims_tui.core.toml.blocks import split

            pieces = split(self.text, JOBS)
            if pieces and sum(p.is_entry for p in pieces) == len(self.entries):
                self._pieces = pieces
            self._is_split = True
        return self._pieces

    def report(self) -> LoadReport:
        """What the text says, and what of it cannot be used."""
        problems = []
        if self.is_newer:
            text = f"{self.schema} is newer than {SCHEMA}, so the list is read only"
            problems.append(WatchProblem("schema", text))
        if any(entry.problem for entry in self.entries):
            problems += [
                WatchProblem(place, entry.problem)
                for place, entry in zip(self._places(), self.entries, strict=True)
                if entry.problem
            ]
        return LoadReport(self.watches, tuple(problems))

    def _places(self) -> list[str]:
        """Where each entry stands, of one that cannot be used the key at fault."""
        if self.pieces is None:
            return [f"jobs entry {number + 1}" for number in range(len(self.entries))]
        entries, places, line = iter(self.entries), [], 1
        for piece in self.pieces:
            if piece.is_entry:
                problem = next(entries).problem
                places.append(f"line {line + _line_of(problem, piece.text)}")
            line += piece.text.count("\n")
        return places


_LEFT_OUT = "The job is left out; its entry stays in the file as it is"


def _line_of(problem: str, text: str) -> int:
    """Lines from the head of an entry to the key that its problem is about."""
    if not problem:
        return 0
    from ims_tui.core.toml.lines import key_lines

    path = (JOBS, *problem.partition(" ")[0].split("."))
    lines = key_lines(text)
    return next((lines[path[:n]] - 1 for n in (3, 2) if path[:n] in lines), 0)


def _load(text: str) -> dict[str, object]:
    try:
        return read_toml(text)
    except ValueError as error:  # also integers beyond what Python reads
        found = _AT.fullmatch(str(error))
        if found is None:
            raise WatchTextError(printable(str(error), 200)) from None
        what, line, _ = found.groups()
        place = f"line {line}" if line else "at the end"
        raise WatchTextError(f"{place}: {printable(what, 200)}") from None


def _read_entries(tables: Sequence[object]) -> tuple[DocumentEntry, ...]:
    entries = []
    seen: set[JobKey] = set()
    for table in tables:
        try:
            watch = read_entry(table)
        except EntryError as error:
            entries.append(DocumentEntry(None, None, f"{error}. {_LEFT_OUT}"))
            continue
        key = watch.key
        if key in seen:
            what = f'id = "{key.job_id}" of profile {key.profile} stands here again'
            again = "The first entry counts; this one stays in the file as it is"
            entries.append(DocumentEntry(key, None, f"{what}. {again}"))
        else:
            seen.add(key)
            entries.append(DocumentEntry(key, watch))
    return tuple(entries)
