"""Statements of TOML are found where they stand."""

from __future__ import annotations

import tomllib

import pytest

from ims_tui.core.toml.scan import statements

TEXT = """\
# c
a . "b.c" = [ # [
  1, "]", '''] '' ]''', {x = "}"},
] # end
  [[ jobs ]] # h
k = Q \\Q [x]
y = 1"Q
'=' = 2026-11-23 11:42:40  # date
e = ''
""".replace("Q", '"' * 3)


def test_each_statement_has_its_name_and_its_value() -> None:
    tomllib.loads(TEXT)
    found = [(s.kind, s.path, TEXT[s.value : s.end]) for s in statements(TEXT)]
    assert found == [
        (0, ("a", "b.c"), TEXT[TEXT.index("[ # [") : TEXT.index(" # end")]),
        (2, ("jobs",), "[[ jobs ]]"),
        (0, ("k",), TEXT[TEXT.index('""" ') : TEXT.index("\n'='")]),
        (0, ("=",), "2026-11-23 11:42:40"),
        (0, ("e",), "''"),
    ]


def test_lines_end_behind_comment_and_line_end() -> None:
    ends = [TEXT[: s.line_end].rsplit("\n", 2)[1] for s in statements(TEXT)]
    assert ends == [
        "] # end",
        "  [[ jobs ]] # h",
        'y = 1""""',
        "'=' = 2026-11-23 11:42:40  # date",
        "e = ''",
    ]


@pytest.mark.parametrize("text", ["a", "[a", "a = [1"])
def test_an_unfinished_statement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not TOML at character"):
        list(statements(text))
