"""The pictures of the README are there, and the recording shows each moment once."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from tests.recording import SIZE, Run, animated
from tests.scenes import ROOT, SCENES

SVG = "{http://www.w3.org/2000/svg}"
BLANK = (Run(0, " " * SIZE[0], "e3e8ef", "101419", False),)


def frame(text: str) -> list[tuple[Run, ...]]:
    line = (Run(0, text, "e3e8ef", "24405e", True),)
    return [line, *[BLANK] * (SIZE[1] - 1)]


def test_every_picture_of_the_readme_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\((screenshots/[\w.]+)\)", text))
    assert len(named) >= 5
    assert not [name for name in named if not (ROOT / name).is_file()]


def test_beside_each_drawing_stands_what_a_browser_shows_of_it() -> None:
    for scene in SCENES:
        if scene.picture:
            path = ROOT / "screenshots" / scene.picture
            assert path.with_suffix(".svg").is_file()
            assert path.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"


def test_a_recording_shows_each_text_in_its_own_time() -> None:
    root = ElementTree.fromstring(
        animated([(0.0, frame("one <&> 二")), (2.0, frame("two")), (8.0, frame("two"))])
    )
    groups = {
        "".join(group.itertext()): group
        for group in root.iter(f"{SVG}g")
        if list(group.iter(f"{SVG}text"))
    }
    first, second = groups["one\u00a0<&>\u00a0二"], groups["two"]
    assert (first.get("visibility"), second.get("visibility")) == ("hidden", "visible")
    moves = [group.find(f"{SVG}animate") for group in (first, second)]
    assert [move is not None and move.get("keyTimes") for move in moves] == [
        "0;0.25",
        "0;0.25",
    ]
    assert [move is not None and move.get("values") for move in moves] == [
        "visible;hidden",
        "hidden;visible",
    ]
