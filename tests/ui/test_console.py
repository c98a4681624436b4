"""`o`: the console in the browser, or its link."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from msgspec.structs import replace

from ims_tui.ui.browser import opener, opens
from tests.golden_stage import settings_for
from tests.scenes import MORNING, Scene
from tests.ui.stage import Stage, stage

URL = (
    "https://console.huaweicloud.com/ecm/?region=cn-north-4"
    "#/ims/manager/imageList/selfImage"
)
DESK = {"DISPLAY": ":0"}


def script(folder: Path, text: str) -> str:
    path = folder / "opener"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


async def told(it: Stage) -> list[str]:
    for _ in range(50):
        if it.told:
            break
        await it.settle()
    return it.told


def none(name: str) -> str | None:
    return None


def test_no_browser_is_started_over_ssh_or_without_a_display() -> None:
    both = {"xdg-open": "/bin/xdg-open"}.get
    assert opener(DESK, both, "linux") == "xdg-open"
    assert opener({"WAYLAND_DISPLAY": "w"}, both, "linux") == "xdg-open"
    assert opener({}, both, "linux") == ""
    assert opener({**DESK, "SSH_CONNECTION": "a 1 b 2"}, both, "linux") == ""
    assert opener(DESK, none, "linux") == ""
    assert opener({}, {"wslview": "/bin/wslview"}.get, "linux") == "wslview"
    assert opener({}, none, "darwin") == "open"
    assert opener({"SSH_TTY": "/dev/pts/0"}, none, "darwin") == ""


async def test_the_opener_gets_the_address_alone(tmp_path: Path) -> None:
    got = tmp_path / "got"
    program = script(tmp_path, f'echo "$# $1" > {got}')
    assert await opens(program, URL)
    assert got.read_text() == f"1 {URL}\n"


async def test_an_opener_that_fails_or_is_not_there_opened_nothing(
    tmp_path: Path,
) -> None:
    assert not await opens(script(tmp_path, "exit 3"), URL)
    assert not await opens("/proc/nonexistent", URL)


async def test_an_opener_that_is_the_browser_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "pid"
    program = script(tmp_path, f"echo $$ > {mine}; exec sleep 30")
    assert await opens(program, URL, 1.0)
    pid = int(mine.read_text())
    os.kill(pid, 0)
    assert os.getpgid(pid) == pid != os.getpgid(0)
    os.kill(pid, 9)


async def test_without_a_browser_the_link_is_shown_and_copied() -> None:
    async with stage() as it:
        await it.press("o")
        assert (await told(it))[0].endswith(URL)
        assert "Copied link to the IMS console of cn-north-4" in it.told[0]
        data = base64.b64encode(URL.encode()).decode()
        assert any(data in written for written in it.written)


async def test_how_to_name_a_page_is_said_where_none_is_known() -> None:
    settings = settings_for(Scene("x", (1, 1)))
    (profile,) = settings.profiles.values()
    other = replace(profile, endpoint="https://ims.example.com")
    settings = replace(settings, profiles={profile.name: other})
    async with stage(MORNING, settings=settings) as it:
        await it.press("o")
        assert it.told[0].startswith("No console page is known for prod. Set console_")
