"""Each private name of Textual that we lean on; without one its own way works."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

from ims_tui.ui import textual_private
from ims_tui.ui.compositor import TightCompositor
from ims_tui.ui.driver import LoopDriver
from ims_tui.ui.textual_private import (
    ALWAYS,
    NAMES,
    is_there,
    key_name,
    toast_holders,
)
from tests.ui.stage import stage

ALL = [
    (owner, name)
    for table in (NAMES, ALWAYS)
    for owner, names in table.items()
    for name in names
]


@pytest.mark.parametrize(("owner", "name"), ALL)
def test_textual_has_the_name(owner: type, name: str) -> None:
    assert is_there(owner, name)


def test_a_name_that_nothing_has_is_missed() -> None:
    assert not is_there(Compositor, "_never_heard_of")


def test_a_key_has_the_name_that_textual_gives_it() -> None:
    assert [key_name(key) for key in "?/a7"] == ["question_mark", "slash", "a", "7"]


@pytest.mark.parametrize("owner", [Compositor, LinuxDriver, XTermParser, Screen, App])
async def test_without_a_name_textuals_own_way_works(
    owner: type, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(NAMES, owner, ("_gone",))
    textual_private.is_known.cache_clear()
    try:
        async with stage() as it:
            before = it.under_cursor
            await it.press("j")
            assert it.under_cursor != before
            is_tight = isinstance(it.dashboard._compositor, TightCompositor)
            assert is_tight is (owner is not Compositor)
            is_ours = owner not in (LinuxDriver, XTermParser)
            assert (it.app.driver_class is LoopDriver) is is_ours
        assert f"no _gone of {owner.__name__}" in caplog.text
    finally:
        textual_private.is_known.cache_clear()


UI = Path(textual_private.__file__).parent
OF_PYTHON = {"_replace"}
"""Private by its look only."""


def test_no_other_file_of_the_screen_names_what_is_private_in_textual() -> None:
    trees = {path: ast.parse(path.read_text()) for path in UI.rglob("*.py")}
    ours = {name for tree in trees.values() for name in made_in(tree)}
    listed = {name for _, name in ALL}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and path.name != "textual_private.py":
                assert not (node.module or "").startswith("textual._"), path.name
            if isinstance(node, ast.Attribute) and node.attr[0] == "_" != node.attr[1]:
                assert node.attr in ours | listed | OF_PYTHON, (
                    f"{path.name} {node.attr}"
                )


def made_in(tree: ast.AST) -> Iterator[str]:
    """Names that a file gives to its own functions, classes and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


async def test_what_a_toast_is_wrapped_in_is_found() -> None:
    async with stage() as it:
        it.app.tell("told")
        await it.settle()
        assert len(toast_holders(it.app.screen)) == 1
