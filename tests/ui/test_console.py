"""`o`: the console in the browser, or its link."""

from __future__ import annotations

import base64

from msgspec.structs import replace

from ims_tui.ui.browser import opener
from tests.golden_stage import settings_for
from tests.scenes import MORNING, Scene
from tests.ui.stage import Stage, stage

URL = (
    "https://console.huaweicloud.com/ecm/?region=cn-north-4"
    "#/ims/manager/imageList/selfImage"
)
DESK = {"DISPLAY": ":0"}


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
