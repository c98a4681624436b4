"""JSON as lines: colours, what folds, and that a large reply stays bounded."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.jsontext import Json
from ims_tui.core.service.rawtext import MAX_LINES, raw_lines
from ims_tui.core.show.jsonlines import reply_lines, value_lines
from ims_tui.core.show.view import Cell, Fold, Tone
from ims_tui.core.text import cell_len

BODY = b'{"a": {"b": [1, {"c": null}], "d": "x: [1]"}, "e": {}, "f": [2, [3]]}'
NOTHING: Set[str] = frozenset()


def texts(lines: Sequence[Sequence[Cell]]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def paths(lines: Sequence[Sequence[Cell]]) -> list[str]:
    return [line[0].path for line in lines if isinstance(line[0], Fold)]


def test_a_reply_keeps_its_looks_and_says_where_it_folds() -> None:
    lines = reply_lines(BODY, NOTHING)
    assert [text[2:] for text in texts(lines)] == raw_lines(BODY)
    inside = ['/1/"a"', '/1/"a"/"b"', '/1/"a"/"b"/2', '/1/"f"', '/1/"f"/2']
    assert paths(lines) == ["/1", *inside]


def test_what_is_folded_is_one_line_that_says_how_much_it_hides() -> None:
    assert texts(reply_lines(BODY, {'/1/"a"', '/1/"f"/2'})) == [
        "- {",
        '+   "a": { .. 7 lines',
        '    "e": {},',
        '-   "f": [',
        "      2,",
        "+     [ .. 1 line",
        "    ]",
        "  }",
    ]
    assert texts(reply_lines(BODY, {"/1"})) == ["+ { .. 16 lines"]


def test_values_are_aligned_by_cells_and_fold() -> None:
    values: dict[str, Json] = {
        "名称": "x",
        "id": 7,
        "many": ({"k": True}, "y"),
        "none": None,
        "e": (),
    }
    assert texts(value_lines(values, NOTHING)) == [
        "  名称  x",
        "  id    7",
        "- many",
        "-   [0]",
        "      k  true",
        "    [1]  y",
        "  none  null",
        "  e     []",
    ]
    assert texts(value_lines(values, {"/many"}))[2:4] == [
        "+ many .. 3 lines",
        "  none  null",
    ]


def test_colours_say_what_kind_a_value_is() -> None:
    tones = {
        cell.text: cell.tone
        for line in reply_lines(b'{"k": "v", "n": -1.5e3, "t": true}', NOTHING)
        for cell in line
    }
    assert (tones['"k"'], tones['"v"']) == (Tone.KEY, Tone.TEXT)
    assert (tones["-1.5e3"], tones["true"]) == (Tone.NUMBER, Tone.WORD)


def test_what_is_no_json_is_shown_as_received() -> None:
    assert texts(reply_lines(b"<html>\n{ [", NOTHING)) == ["<html>", "{ ["]


def test_large_values_stay_bounded() -> None:
    many: dict[str, Json] = {"list": tuple(range(9 * MAX_LINES))}
    assert len(value_lines(many, NOTHING)) == MAX_LINES + 1
    assert "cut" in texts(value_lines(many, NOTHING))[-1]
    assert len(reply_lines(json.dumps(many).encode(), NOTHING)) == MAX_LINES + 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON, st.data())
def test_unfolded_again_every_line_is_there(value: object, data: st.DataObject) -> None:
    body = json.dumps({"v": value}).encode()
    whole = reply_lines(body, NOTHING)
    folded = data.draw(st.sets(st.sampled_from(paths(whole))))
    lines = reply_lines(body, folded)
    left = [line for line in lines if line[0].text != "+ "]
    assert set(texts(left)) <= set(texts(whole))
    assert all(text.isprintable() for text in texts(lines))
    assert max(map(cell_len, texts(whole))) <= 2_200
