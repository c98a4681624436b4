"""The screens of `tests/scenes.py` as plain text, to be read in a diff.

`pytest --update-golden` writes them anew; then read the diff as an operator would.
"""

from __future__ import annotations

from pathlib import Path
from unicodedata import east_asian_width

import pytest

from ims_tui.core.text import cell_len
from tests.golden_stage import on_stage
from tests.scenes import SCENES, Scene, screen_text

REMOTE = "hostile"
"""The scene in which labels may have signs of ambiguous width; our own never do."""

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_the_screen_is_as_it_was_read(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    async with on_stage(scene) as pilot:
        shown = screen_text(pilot.app)
    path = GOLDEN / f"{scene.name}.txt"
    if request.config.getoption("--update-golden"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_no_line_is_wider_than_the_screen(scene: Scene) -> None:
    async with on_stage(scene) as pilot:
        shown = screen_text(pilot.app)
    assert max(map(cell_len, shown.splitlines())) <= scene.size[0]
    assert len(shown.splitlines()) == scene.size[1]
    assert all(char.isprintable() or char == "\n" for char in shown)
    if scene.name != REMOTE:
        widths = {char: east_asian_width(char) for char in shown}
        assert "A" not in widths.values(), widths
