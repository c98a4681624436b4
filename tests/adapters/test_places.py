"""Where files belong."""

from __future__ import annotations

from pathlib import Path

from ims_tui.adapters.places import find_places


def test_xdg_variables(tmp_path: Path) -> None:
    environ = {
        f"XDG_{name}_HOME": str(tmp_path / name)
        for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    places = find_places(environ)
    assert places.config == tmp_path / "CONFIG/ims-tui/config.toml"
    assert places.themes == tmp_path / "CONFIG/ims-tui/themes"
    assert places.watchlist == tmp_path / "DATA/ims-tui/watchlist.toml"
    assert places.state == tmp_path / "STATE/ims-tui/state.db"
    assert places.log == tmp_path / "STATE/ims-tui/ims-tui.log"
    assert places.cache == tmp_path / "CACHE/ims-tui"
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


def test_a_relative_xdg_variable_is_ignored() -> None:
    places = find_places({"XDG_CONFIG_HOME": "relative"})
    assert places.config.is_absolute()
    assert places.config.parts[-2:] == ("ims-tui", "config.toml")
