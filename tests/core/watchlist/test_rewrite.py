"""A change of the watchlist touches the bytes of what changed, and no others."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.watchlist import rewrite as watchedit
from ims_tui.core.watchlist.document import HEAD, WatchDoc, WatchTextError
from ims_tui.core.watchlist.watch import Watch, WatchProblem, kept_result

A, B, C, D = (c * 32 for c in "abcd")
ENDED = kept_result(
    JobStatus.FAIL, "imsImportImageJob", stated_end=datetime(2026, 11, 23, tzinfo=UTC)
)


def parse(text: str) -> WatchDoc:
    return WatchDoc.parse(text.encode())


def edited(doc: WatchDoc, *wanted: Watch) -> WatchDoc:
    return watchedit.edited(doc, wanted, tomli_w.dumps)


def changed(doc: WatchDoc, job_id: str, **fields: object) -> WatchDoc:
    """The document after one entry changed."""
    return edited(
        doc,
        *(replace(w, **fields) if w.job_id == job_id else w for w in doc.watches),
    )


TEXT = f"""\
# my list

# first
[[jobs]]
id = "{A}"   # do not touch
label = 'old'  # why
# mid
tags = [
  "x", # one
]
mine = {{ a = 1.5, b = [ {{ c = nan }} ] }}

# second
[[jobs]]
  "id" = "{B}"
note = \"\"\"
[[jobs]]
id = "no" \"\"\"

[jobs.result]
status = "SUCCESS"
extra = 1e5
"""


def test_saying_the_same_gives_the_same_text() -> None:
    doc = parse(TEXT)
    assert edited(doc, *doc.watches) is doc


def test_a_changed_value_is_replaced_where_it_stands() -> None:
    doc = changed(parse(TEXT), A, label="new", tags=("y", "z"))
    assert doc.text == TEXT.replace("'old'", '"new"').replace(
        '[\n  "x", # one\n]', '["y", "z"]'
    )


def test_a_new_value_stands_with_the_others_and_a_removed_one_goes() -> None:
    doc = changed(parse(TEXT), A, label="", muted=True)
    assert doc.text == TEXT.replace("label = 'old'  # why\n", "").replace(
        "nan } ] }\n", "nan } ] }\nmuted = true\n"
    )


def test_a_result_is_added_below_its_entry() -> None:
    doc = changed(parse(TEXT), A, result=ENDED)
    result = (
        '[jobs.result]\nstatus = "FAIL"\ntype = "imsImportImageJob"\n'
        "ended = 2026-11-23T00:00:00Z\n"
    )
    assert doc.text == TEXT.replace("\n# second", f"\n{result}\n# second")
    assert changed(doc, A, result=None).watches == parse(TEXT).watches


def test_unknown_keys_of_a_replaced_result_stay() -> None:
    doc = changed(parse(TEXT), B, result=ENDED)
    assert "extra = 100000.0\n" in doc.text
    assert doc.text.startswith(TEXT[: TEXT.index("[jobs.result]")].rstrip())
    assert doc.watches[1].result == ENDED


def test_a_text_nobody_changed_keeps_its_line_ends_in_the_file() -> None:
    doc = changed(parse(TEXT), B, label="b")
    assert 'note = """\n[[jobs]]\nid = "no" """\nlabel = "b"\n' in doc.text


def test_removing_takes_the_entry_and_the_comments_in_it() -> None:
    doc = parse(TEXT)
    first = edited(doc, doc.watches[1])
    start, end = TEXT.index("[[jobs]]"), TEXT.index("# second")
    assert first.text == TEXT[:start] + TEXT[end:]
    assert edited(doc, doc.watches[0]).text == TEXT[: TEXT.index("[[jobs]]\n  ")]


def test_comments_set_off_below_an_entry_stay_when_it_goes() -> None:
    text = f'[[jobs]]\nid = "{A}"\n# of a\n\n# --- b ---\n\n[[jobs]]\nid = "{B}"\n'
    doc = parse(text)
    assert edited(doc, doc.watches[1]).text == text[text.index("# ---") :]


def test_a_comment_that_touches_a_header_belongs_to_it() -> None:
    text = f'[[jobs]]\nid = "{A}"\n# of b\n[[jobs]]\nid = "{B}"\n'
    doc = parse(text)
    assert edited(doc, doc.watches[1]).text == text[text.index("# of b") :]


def test_new_entries_stand_at_the_end() -> None:
    doc = edited(parse("# c\n"), Watch(A, label="跨区"), Watch(B, "dr"))
    assert doc.text == (
        f'# c\n\n[[jobs]]\nid = "{A}"\nlabel = "跨区"\n\n'
        f'[[jobs]]\nid = "{B}"\nprofile = "dr"\n'
    )


def test_one_entry_can_take_the_place_of_all() -> None:
    doc = edited(parse(f'[[jobs]]\nid = "{A}"\n'), Watch(B))
    assert doc.text == f'[[jobs]]\nid = "{B}"\n'


@pytest.mark.parametrize("text", ["", " \n", "\ufeff"])
def test_a_new_file_begins_with_what_it_is(text: str) -> None:
    doc = edited(parse(text), Watch(A))
    assert doc.text == f'{HEAD}[[jobs]]\nid = "{A}"\n'
    assert doc.data.startswith(text.strip().encode())


def test_windows_line_ends_and_bom_survive() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    doc = changed(parse(text), A, label="new", muted=True, result=ENDED)
    doc = edited(doc, *doc.watches, Watch(D))
    assert doc.data.count(b"\n") == doc.data.count(b"\r\n")
    assert doc.data.startswith("\ufeff# my list\r\n".encode())
    assert b"# mid\r\n" in doc.data
    assert parse(doc.data.decode()).watches == doc.watches


def test_no_newline_at_the_end() -> None:
    doc = parse(f'[[jobs]]\nid = "{A}" # a')
    assert changed(doc, A, muted=True).text == (
        f'[[jobs]]\nid = "{A}" # a\nmuted = true\n'
    )
    assert edited(doc, *doc.watches, Watch(B)).text == (
        f'[[jobs]]\nid = "{A}" # a\n\n[[jobs]]\nid = "{B}"\n'
    )


@pytest.mark.parametrize(
    "entry",
    [
        'result = { status = "FAIL", x = 1 } # c',
        'result.status = "FAIL"\nresult.x = 1',
        '[ jobs . "result" ]\nstatus = "FAIL"\nx = 1\n[jobs.result.deep]\ny = 2',
        '[[jobs.more]]\nx = 1\n[jobs.result]\nstatus = "FAIL"\nx = 1',
    ],
)
def test_every_way_to_write_a_result_can_be_changed(entry: str) -> None:
    doc = parse(f'[[jobs]]\nid = "{A}"\n{entry}\n# end\n\n[other]\nz = 1\n')
    new = changed(
        doc, A, result=replace(ENDED, job=replace(ENDED.job, image_id="i")), note="n"
    )
    root = tomllib.loads(new.text)
    assert new.text.endswith("[other]\nz = 1\n")
    assert "# end" in new.text
    assert root["jobs"][0]["result"]["x"] == 1
    assert root["jobs"][0]["result"]["image_id"] == "i"
    assert root["jobs"][0]["note"] == "n"


@pytest.mark.parametrize(
    "text",
    [
        f'# top\njobs = [ {{ id = "{A}", x = 1 }}, {{ id = "{B}" }}, 7 ]\nz = 1\n',
        f'# top\njobs = [ {{ id = "{A}", x = 1 }}, {{ id = "{B}" }} ]\n[o]\nz = 1\n',
        f'# top\n[[jobs]]\nid = "{A}"\nx = 1\n[[jobs]]\nid = "{B}"\n[o]\nz=1\n'
        '[jobs.result]\nstatus = "FAIL"\n',
    ],
)
def test_what_cannot_be_changed_in_place_is_written_anew_by_value(text: str) -> None:
    doc = parse(text)
    new = changed(doc, A, label="new")
    assert new.text.startswith("# top\n")
    before, after = tomllib.loads(text), tomllib.loads(new.text)
    before["jobs"][0]["label"] = "new"
    assert after == before
    assert changed(new, A, label="newer").watches[0].label == "newer"


def test_entries_that_cannot_be_used_keep_their_bytes() -> None:
    bad = '[[jobs]]\nid = "abc" # typo\n\n'
    doc = parse(f'# x\n{bad}[[jobs]]\nid = "{A}"\n\n[[jobs]]\nid = "{A}"\nlabel="2"\n')
    report = doc.report()
    assert report.watches == (Watch(A),)
    assert report.problems[0] == WatchProblem(
        "line 2", 'id = "abc" is not a job id, which has 32 hex digits'
    )
    assert str(report.problems[1]).startswith(f'line 8: id = "{A}" of profile default')
    assert changed(doc, A, label="1").text.count('label="2"') == 1
    # A job that is removed does not come back by its second entry.
    assert edited(doc, Watch(B)).text == f'# x\n{bad}[[jobs]]\nid = "{B}"\n'


def test_problems_of_an_inline_list_are_told_by_number() -> None:
    (problem,) = parse('jobs = [{ id = "abc" }]').report().problems
    assert problem.place == "jobs entry 1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = 1\nb = \n", "line 2: Invalid value"),
        (b"a = [", "at the end: Invalid value"),
        (b"a = 1\n\xff", "line 2: not UTF-8 text"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"9" * 5000, "integer"),
        (b'schema = "x"', 'schema = "x" is not a number such as 1'),
        (b"[jobs]\nid = 1", "jobs is not a list of [[jobs]] entries"),
        (b"jobs = 3", "jobs is not a list of [[jobs]] entries"),
    ],
)
def test_what_is_no_list_is_named_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(WatchTextError) as caught:
        WatchDoc.parse(data)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_newer_schema_is_read_only() -> None:
    report = parse(f'schema = 2\n[[jobs]]\nid = "{A}"\n').report()
    assert report.watches == (Watch(A),)
    expected = "schema: 2 is newer than 1, so the list is read only"
    assert str(report.problems[0]).startswith(expected)


@pytest.mark.parametrize("wrong", ['v = "x"\n', 'v = "', ""])
@pytest.mark.parametrize("padding", ["", "#" * watchedit.WHOLE_CHECK_CHARS])
def test_what_does_not_say_what_is_meant_is_never_used(
    wrong: str, padding: str
) -> None:
    doc = parse(TEXT + padding)
    for wanted in (replace(doc.watches[0], label="new"), Watch(D, label="new")):
        with pytest.raises(WatchTextError):
            watchedit.edited(doc, [*doc.watches[1:], wanted], lambda _: wrong)


def test_a_profile_that_reads_otherwise_is_refused() -> None:
    with pytest.raises(WatchTextError, match="does not read as it is written"):
        edited(parse(TEXT), Watch("A" * 32))


# Any list a person or we could have written, and any change of it.

comments = st.sampled_from(["", "# c\n", "\n# c\n\n", "\n", "  # [[jobs]]\n"])
extras = st.sampled_from(
    [
        "",
        'note = """\n[[jobs]]\n"""\n',
        "note = '''\n[jobs.result]'''\n",
        'mine = [\n  [1], # [\n  "]",\n]\n',
        "tags = [ \"x\", 'y' ] # tags\n",
        "'label' = 'l' # [[jobs]]\n",
        '"mine" = { a = "}" }\n',
        '[jobs.result]\nstatus = "FAIL"\nmine = 1\n',
        'result.status = "SUCCESS"\n',
        '[[jobs.mine]]\na = 1 # a\n[jobs.mine.b]\n"c" = 2\n',
    ]
)
heads = st.sampled_from(["[[jobs]]\n", '  [[ "jobs" ]] # h\n'])
others = st.sampled_from(["", "[other]\njob = 1\n", "[[others]]\nid = 1\n"])


@st.composite
def blocks(draw: st.DrawFn, job_id: str) -> str:
    head, inner, extra = draw(heads), draw(comments), draw(extras)
    return f'{head}{inner}id = "{job_id}"\n{inner}{extra}'


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Comments, blocks and other tables in turn; the last line may lack its end."""
    ids = draw(st.lists(st.sampled_from([A, B, C, D]), unique=True))
    parts = [draw(st.sampled_from(["", "schema = 1\n", "mine = true\n"]))]
    for number, job_id in enumerate(ids):
        parts += [draw(comments), draw(blocks(job_id)), draw(comments)]
        parts.append(draw(others) if number == 0 else "")
    text = "".join(parts)
    return text if draw(st.booleans()) else text.removesuffix("\n")


def block_of(doc: WatchDoc, job_id: str) -> str:
    assert doc.pieces is not None
    entries = (piece.text for piece in doc.pieces if piece.is_entry)
    return next(
        text
        for text, entry in zip(entries, doc.entries, strict=True)
        if entry.key and entry.key.job_id == job_id
    )


fates = st.fixed_dictionaries(
    {
        job_id: st.sampled_from(["keep", "go", "label", "result", "tags", "bare"])
        for job_id in (A, B, C, D)
    }
)


def fate_of(watch: Watch, fate: str) -> Watch | None:
    match fate:
        case "go":
            return None
        case "label":
            return replace(watch, label='new "[[jobs]]" \n')
        case "result":
            return replace(watch, result=ENDED)
        case "tags":
            return replace(watch, tags=("a", "b"), muted=True)
        case "bare":
            return Watch(watch.job_id, watch.profile)
    return watch


@settings(max_examples=200, deadline=None)
@given(documents(), fates, st.booleans(), st.booleans())
def test_any_change_says_what_is_meant_and_keeps_the_rest(
    text: str, fate: dict[str, str], add: bool, is_windows: bool
) -> None:
    text = text.replace("\n", "\r\n") if is_windows else text
    doc = parse(text)
    wanted = [fate_of(watch, fate[watch.job_id]) for watch in doc.watches]
    added = [Watch("e" * 32, "p", "new", added=ENDED.job.end_time)] if add else []
    new = edited(doc, *filter(None, wanted), *added)
    meant = [replace(w, label=w.label.replace("\n", "\\n")) for w in wanted if w]
    again = WatchDoc.parse(new.data)
    assert list(again.watches) == list(new.watches) == [*meant, *added]
    # Made in place, so nothing was written anew, and another change can follow.
    assert new.pieces is not None
    assert again.pieces is not None
    assert "".join(piece.text for piece in new.pieces) == new.text
    for watch, want in zip(doc.watches, wanted, strict=True):
        if watch == want:
            assert block_of(doc, watch.job_id).rstrip() in new.text
    for piece in doc.pieces or ():
        if not piece.is_entry and text.strip():
            assert piece.text.rstrip() in new.text
    old_root, new_root = tomllib.loads(doc.text), tomllib.loads(new.text)
    for root in (old_root, new_root):
        root.pop("jobs", None)
    assert new_root == old_root


@settings(max_examples=50, deadline=None)
@given(documents(), fates)
def test_a_long_list_is_changed_the_same_way(text: str, fate: dict[str, str]) -> None:
    doc, limit = parse(text), watchedit.WHOLE_CHECK_CHARS
    padded = parse(f"{text}\n" + "#" * limit)
    wanted = [w for w in (fate_of(w, fate[w.job_id]) for w in doc.watches) if w]
    new = edited(padded, *wanted, Watch("e" * 32))
    assert new.watches == edited(doc, *wanted, Watch("e" * 32)).watches
    assert WatchDoc.parse(new.data).watches == new.watches
