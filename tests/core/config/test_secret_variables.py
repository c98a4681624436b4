"""Variables that hold credentials."""

from __future__ import annotations

import pytest

from ims_tui.core.config.secret_variables import without_credentials
from ims_tui.core.signin.secret import Secret


@pytest.mark.parametrize(
    "name",
    [
        "IMS_TUI_TOKEN",
        "OS_PASSWORD",
        "OS_TOKEN",
        "OS_AUTH_TOKEN",
        "OS_SECRET_KEY",
        "OS_ACCESS_KEY",
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "HW_ACCESS_KEY",
        "HW_SECRET_KEY",
        "HW_AUTH_TOKEN",
        "OTC_SDK_SK",
        "SBC_USER_PASSWORD",
        "TEAM_TOKEN",
        "CREDENTIALS_DIRECTORY",
        "NOTIFY_SOCKET",
    ],
)
def test_they_are_left_out(name: str) -> None:
    assert without_credentials({name: "x", "PATH": "/bin"}) == {"PATH": "/bin"}


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "DISPLAY", "OS_REGION_NAME", "IMS_TUI_ENDPOINT", "ASK"]
)
def test_others_stay(name: str) -> None:
    assert without_credentials({name: "x"}) == {name: "x"}


def test_a_known_secret_is_left_out_whatever_its_variable_is_called() -> None:
    environ = {"TEAM_ROOM": "https://chat/hook/1\n", "EMPTY": "", "EDITOR": "vi"}
    kept = without_credentials(environ, [Secret("https://chat/hook/1"), None])
    assert kept == {"EMPTY": "", "EDITOR": "vi"}
