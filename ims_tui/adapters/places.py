"""Where files belong on this system: XDG variables, else what is usual there."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ims_tui.core.config.places import Places
from ims_tui.core.errors import ConfigError
from ims_tui.core.text import printable

APP = "ims-tui"

_BELOW_HOME = {
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
}
"""What stands for a variable that is not set (XDG Base Directory Specification)."""

_NO_HOME = (
    "there is no home directory and no {}; set it, or give --state-dir DIR, "
    "a folder for everything that is written"
)


def find_home(environ: Mapping[str, str]) -> Path | None:
    """The home directory; None for a user who has none, as in many containers."""
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError:
        return None


def find_places(
    environ: Mapping[str, str],
    config: str = "",
    watchlist: str = "",
    state_dir: str = "",
) -> Places:
    """Settle every place: option, then `IMS_TUI_*`, then the system's.

    Args:
        environ: the variables of the process.
        config: file of the option `--config`.
        watchlist: file of the option `--watchlist`.
        state_dir: folder of the option `--state-dir`, for everything that is written;
            without a home directory the configuration is there, too.

    Raises:
        ConfigError: nothing says where the files are, or the list is a file that is
            kept for something else.
    """
    home = find_home(environ)
    folder = _named(state_dir or environ.get("IMS_TUI_STATE_DIR", ""), home)

    def base(variable: str) -> Path:
        """Our folder below an XDG variable; a relative one is ignored, as XDG says."""
        named = Path(environ.get(variable, ""))
        if named.is_absolute():
            return named / APP
        if home is not None:
            return _of_system(variable, home)
        if folder is None:
            raise ConfigError(_NO_HOME.format(variable))
        return folder

    config_dir = base("XDG_CONFIG_HOME")
    data = folder or base("XDG_DATA_HOME")
    state = folder or base("XDG_STATE_HOME")
    named_config = config or environ.get("IMS_TUI_CONFIG", "")
    named_watchlist = watchlist or environ.get("IMS_TUI_WATCHLIST", "")
    places = Places(
        config=_named(named_config, home) or config_dir / "config.toml",
        watchlist=_named(named_watchlist, home) or data / "watchlist.toml",
        state=state / "state.db",
        log=state / "ims-tui.log",
        themes=config_dir / "themes",
        config_is_named=bool(named_config),
    )
    if named_watchlist:
        _check_list(places)
    return places


def _check_list(places: Places) -> None:
    """Let no list be a file that is kept for something else.

    Raises:
        ConfigError: it is one.
    """
    path = Path(os.path.realpath(places.watchlist))
    config, state, log = (
        Path(os.path.realpath(each))
        for each in (places.config, places.state, places.log)
    )
    is_ours = path.parent == state.parent and path.name.startswith(
        (f"{state.stem}.", log.name)
    )
    if is_ours or path == config:
        text = printable(str(places.watchlist))
        what = "is kept for something else" if is_ours else "is the configuration"
        raise ConfigError(f"{text} {what}; give the list a file of its own")


def _of_system(variable: str, home: Path, system: str = sys.platform) -> Path:
    """Our folder where the variable says nothing."""
    if system != "darwin":
        return home / _BELOW_HOME[variable] / APP
    import platformdirs  # 7 ms

    folders = {
        "XDG_CONFIG_HOME": platformdirs.user_config_path,
        "XDG_DATA_HOME": platformdirs.user_data_path,
        "XDG_STATE_HOME": platformdirs.user_state_path,
    }
    return folders[variable](APP)


def _named(path: str, home: Path | None) -> Path | None:
    if not path:
        return None
    if home is not None and (path == "~" or path.startswith("~/")):
        return home / path[2:]
    return Path(path)
