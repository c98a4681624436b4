"""Where files belong."""

from __future__ import annotations

import pwd
import sys
from pathlib import Path
from typing import NoReturn

import platformdirs
import pytest

from ims_tui.adapters.places import find_places
from ims_tui.core.errors import ConfigError


def test_xdg_variables(tmp_path: Path) -> None:
    environ = {
        f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")
    }
    places = find_places(environ)
    assert places.config == tmp_path / "CONFIG/ims-tui/config.toml"
    assert places.themes == tmp_path / "CONFIG/ims-tui/themes"
    assert places.watchlist == tmp_path / "DATA/ims-tui/watchlist.toml"
    assert places.state == tmp_path / "STATE/ims-tui/state.db"
    assert places.log == tmp_path / "STATE/ims-tui/ims-tui.log"
    assert not places.config_is_named


def test_options_beat_variables() -> None:
    environ = {
        "HOME": "/home/op",
        "IMS_TUI_CONFIG": "~/c.toml",
        "IMS_TUI_WATCHLIST": "/w.toml",
    }
    places = find_places(environ)
    assert (places.config, places.watchlist) == (
        Path("/home/op/c.toml"),
        Path("/w.toml"),
    )
    assert places.config_is_named
    assert find_places(environ, "x.toml", "y.toml").config == Path("x.toml")
    assert find_places(environ, "x.toml", "y.toml").watchlist == Path("y.toml")


@pytest.mark.skipif(sys.platform == "darwin", reason="platformdirs is asked there")
def test_without_variables_it_is_where_platformdirs_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    places = find_places({"HOME": str(tmp_path)})
    assert places.config.parent == platformdirs.user_config_path("ims-tui")
    assert places.watchlist.parent == platformdirs.user_data_path("ims-tui")
    assert places.state.parent == platformdirs.user_state_path("ims-tui")


def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of a user whom the system does not know, as in many containers."""

    def unknown(uid: int) -> NoReturn:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


def test_without_a_home_one_folder_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    no_home(monkeypatch)
    for places in (
        find_places({}, state_dir="/var/lib/ims"),
        find_places({"IMS_TUI_STATE_DIR": "/var/lib/ims"}),
    ):
        assert places.config == Path("/var/lib/ims/config.toml")
        assert places.watchlist == Path("/var/lib/ims/watchlist.toml")
        assert places.state == Path("/var/lib/ims/state.db")
        assert not places.config_is_named
    environ = {f"XDG_{name}_HOME": "/x" for name in ("CONFIG", "DATA", "STATE")}
    assert find_places(environ).state == Path("/x/ims-tui/state.db")
    assert find_places(environ, state_dir="/s").config.parent == Path("/x/ims-tui")


def test_without_a_home_and_a_place_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_home(monkeypatch)
    environ = {"XDG_CONFIG_HOME": "/x", "XDG_STATE_HOME": "/x"}
    with pytest.raises(ConfigError, match=r"no XDG_DATA_HOME; set it, or give --state"):
        find_places(environ)


def test_the_folder_beats_the_variables_and_the_files_beat_it() -> None:
    environ = {"HOME": "/h", "XDG_STATE_HOME": "/x", "IMS_TUI_STATE_DIR": "/v"}
    assert find_places(environ).log == Path("/v/ims-tui.log")
    assert find_places(environ, state_dir="~/s").log == Path("/h/s/ims-tui.log")
    assert find_places(environ, "", "/w.toml", "/s").watchlist == Path("/w.toml")


@pytest.mark.parametrize(
    "name",
    [
        "config.toml",
        "state.db",
        "state.broken",
        "state.db-wal",
        "ims-tui.log",
        "sub/../state.db",
    ],
)
def test_a_list_is_no_file_that_is_kept_for_something_else(
    tmp_path: Path, name: str
) -> None:
    folder = str(tmp_path)
    environ = {"XDG_CONFIG_HOME": folder, "HOME": folder}
    with pytest.raises(ConfigError, match="give the list a file of its own"):
        find_places(environ, f"{folder}/config.toml", f"{folder}/{name}", folder)


def test_a_list_beside_our_files_is_a_list() -> None:
    for name in ("jobs.toml", "state", "states.toml", "config"):
        assert (
            find_places({"HOME": "/h"}, "", f"/s/{name}", "/s").watchlist.name == name
        )


def test_a_relative_xdg_variable_is_ignored() -> None:
    places = find_places({"XDG_CONFIG_HOME": "relative"})
    assert places.config.is_absolute()
    assert places.config.parts[-2:] == ("ims-tui", "config.toml")
