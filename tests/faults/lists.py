"""The operator's list: TOML of any form, damaged, and then edited by the program."""

from __future__ import annotations

import random
import tomllib

import tomli_w
from msgspec.structs import replace

from ims_tui.core.toml.lines import key_lines
from ims_tui.core.toml.reader import read_toml
from ims_tui.core.watchlist.document import WatchDoc, WatchTextError
from ims_tui.core.watchlist.rewrite import edited
from ims_tui.core.watchlist.watch import Watch
from tests.faults.room import Room

IDS = tuple(f"{number:032x}" for number in range(6))
HEADS = (
    "[[jobs]]",
    "[[ jobs ]]",
    '[["jobs"]]',
    "  [[jobs]]  # of an entry",
    "[[jobs]]",
)
LINES = (
    *("label = 'a # b'", 'label = "é\\u00e9"', 'note = """\n[[jobs]]\n# no"""', ""),
    *("note = '''it's'''", "tags = [\n  'x', # one\n]", "tags = []", "muted = true"),
    *('"profile" = "dr"', "profile = 'a.b'", "mine = { a = 1.5, b = [{ c = nan }] }"),
    *("added = 2026-11-23T12:00:00+05:99", "added = 2026-11-23 12:00:00.1Z", "# said"),
    *("result = { status = 'FAIL', x = 1 }", "result.status = 'FAIL'", "x.y.z = 0xff"),
    *(
        "[jobs.result]\nstatus = 'SUCCESS'",
        "[jobs.result]\nended = 12:00:00",
        "label = 1",
    ),
    *(
        "added = 2026-11-23T12:00:00Z",
        "note = 'n'",
        "tags = ['t']",
        "added = 1979-05-27",
    ),
)
MARKS = "\"'[]{}=.,#\\\n\r\t a0:-+TZé\x00\x7f\ufeff"


def _text(chance: random.Random) -> str:
    lines = ["# the head", *chance.choices(["", "# c", "schema = 1", "own = [1]"], k=2)]
    for job_id in chance.sample(IDS, chance.randrange(5)):
        lines += [f"# above {job_id[-1]}", chance.choice(HEADS), f'id = "{job_id}"']
        lines += chance.sample(LINES, chance.choice((0, 0, 1, 1, 2, 4)))
        lines += chance.choice([[], [""], ["# below", ""]])
    if chance.random() < 0.1:
        lines += [chance.choice(["[other]", "[[jobs.more]]", "[jobs]"]), "z = 1"]
    return chance.choice(["\n", "\n", "\n", "\r\n"]).join([*lines, ""])


def _damaged(text: str, chance: random.Random) -> str:
    kind = chance.randrange(8)
    if kind == 0:
        return text[: chance.randrange(len(text))]
    if kind == 1:
        deep = chance.choice(["x" + ".a" * 3_000, "x = " + "[" * 9_000])
        return text + deep + chance.choice([" = 1\n", "\n"])
    if kind == 2:
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(text))
            text = text[:place] + chance.choice(MARKS) + text[place + 1 :]
    return text


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def attempt(seed: int) -> str:
    """One list: read as `tomllib` reads it, and edited without a loss."""
    chance = random.Random(seed)
    text = _damaged(_text(chance), chance)
    try:
        doc = WatchDoc.parse(text.encode())
    except WatchTextError as error:
        assert str(error).isprintable()
        is_deep = "nested too deeply" in str(error)
        is_other = str(error).startswith(("schema", "jobs is not"))
        assert is_deep or is_other or not _is_toml(text), "TOML, and refused"
        return "refused"
    assert _is_toml(text), "no TOML, and taken"
    key_lines(doc.text)
    wanted = [w for w in doc.watches if chance.random() < 0.8]
    wanted = [_edited(watch, chance) for watch in wanted]
    unused = [i for i in IDS if i not in {w.job_id for w in doc.watches}]
    wanted += [Watch(i, label="new") for i in unused if chance.random() < 0.3]
    try:
        after = edited(doc, wanted, tomli_w.dumps)
    except WatchTextError as error:
        assert str(error).isprintable()
        return "not edited"
    again = WatchDoc.parse(after.data)
    assert again.watches == tuple(wanted)
    _nothing_else_changed(doc, after, {w.key for w in wanted})
    return "the same" if after is doc else "edited"


def _edited(watch: Watch, chance: random.Random) -> Watch:
    if chance.random() < 0.6:
        return watch
    changed = [
        replace(watch, label="l'\"#\\"),
        replace(watch, note="名 n"),
        replace(watch, tags=("t",)),
        replace(watch, muted=True),
    ]
    return chance.choice(changed)


def _nothing_else_changed(old: WatchDoc, new: WatchDoc, wanted: set[object]) -> None:
    """What is not about jobs means what it meant, and comments of kept entries stay."""
    before, after = read_toml(old.text), read_toml(new.text)
    before.pop("jobs", None)
    after.pop("jobs", None)
    assert repr(before) == repr(after)
    for watch in old.watches:
        above = f"# above {watch.job_id[-1]}"
        if watch.key in wanted and old.pieces is not None and above in old.text:
            assert above in new.text, "a comment is lost"


ROOM = Room(
    "lists",
    attempt,
    frozenset({"refused", "edited", "the same"}),
    short=500,
    long=5_000,
)
