"""Where files belong on this system: XDG variables, else what platformdirs says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from ims_tui.core.config.places import Places

APP = "ims-tui"


def find_places(
    environ: Mapping[str, str], config: str = "", watchlist: str = ""
) -> Places:
    """Settle every place: option, then `IMS_TUI_*`, then the system's.

    Args:
        environ: the variables of the process.
        config: file of the option `--config`.
        watchlist: file of the option `--watchlist`.
    """
    home = Path(environ.get("HOME") or Path.home())
    config_dir = _base(environ, "XDG_CONFIG_HOME", platformdirs.user_config_path)
    data_dir = _base(environ, "XDG_DATA_HOME", platformdirs.user_data_path)
    state_dir = _base(environ, "XDG_STATE_HOME", platformdirs.user_state_path)
    cache_dir = _base(environ, "XDG_CACHE_HOME", platformdirs.user_cache_path)
    named_config = config or environ.get("IMS_TUI_CONFIG", "")
    named_watchlist = watchlist or environ.get("IMS_TUI_WATCHLIST", "")
    return Places(
        config=_named(named_config, home) or config_dir / "config.toml",
        watchlist=_named(named_watchlist, home) or data_dir / "watchlist.toml",
        state=state_dir / "state.db",
        log=state_dir / "ims-tui.log",
        cache=cache_dir,
        themes=config_dir / "themes",
        config_is_named=bool(named_config),
    )


def _base(
    environ: Mapping[str, str], variable: str, of_system: Callable[[str], Path]
) -> Path:
    """Our folder below an XDG variable; a relative one is ignored, as XDG says."""
    named = Path(environ.get(variable, ""))
    return named / APP if named.is_absolute() else of_system(APP)


def _named(path: str, home: Path) -> Path | None:
    if not path:
        return None
    if path == "~" or path.startswith("~/"):
        return home / path[2:]
    return Path(path)
