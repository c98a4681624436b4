"""Line numbers of keys in TOML texts."""

from __future__ import annotations

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.toml.lines import key_lines, syntax_problem

SAMPLE = '''\
# [not.a.table]
title = "a = 1" # comment = 2

[ui]
theme = """
fake = 1
[fake]
\\""" quoted ""\"""
mouse = true
"quoted key" . "in.dots" = 1
columns = [
  "a", # ] not the end
  "[b]",
  'it = 3',
]
inline = { region = "x",
}
last = \'\'\'
other = 4\'\'\'
[ profiles . prod ]
region = "cn-north-4"
[[jobs]]
id = 1
[[jobs]]
id = 2
'''


def test_every_key_has_its_line() -> None:
    text = SAMPLE.replace(",\n}", " }")
    tomllib.loads(text)
    lines = key_lines(text)
    assert lines == {
        ("title",): 2,
        ("ui",): 4,
        ("ui", "theme"): 5,
        ("ui", "mouse"): 9,
        ("ui", "quoted key"): 10,
        ("ui", "quoted key", "in.dots"): 10,
        ("ui", "columns"): 11,
        ("ui", "inline"): 16,
        ("ui", "last"): 17,
        ("profiles",): 19,
        ("profiles", "prod"): 19,
        ("profiles", "prod", "region"): 20,
        ("jobs",): 21,
        ("jobs", "id"): 22,
    }


_names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
_values = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_names, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(_names, _values, max_size=5), st.booleans())
def test_lines_name_the_keys_of_any_document(
    document: dict[str, object], multiline: bool
) -> None:
    text = tomli_w.dumps(document, multiline_strings=multiline)
    lines = key_lines(text)
    written = text.split("\n")
    for name in document:
        # tomli_w quotes where it must.
        bare = tomli_w.dumps({name: 0}).removesuffix(" = 0\n")
        assert written[lines[(name,)] - 1].lstrip("[ ").startswith(bare)


@pytest.mark.parametrize("text", ["a = ", "[x\n", "a = 1\na = 2", 'b = "\\q"'])
def test_a_syntax_error_has_a_place(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(f"# first\n{text}")
    what, line, column = syntax_problem(caught.value)
    assert what
    assert "(at line" not in what
    assert line == 0 or (line >= 2 and column >= 1)
