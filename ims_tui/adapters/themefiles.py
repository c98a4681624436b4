"""Find and read theme files: the operator's own, then those that ship with us."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ims_tui.adapters.smallfile import read_small
from ims_tui.core.show.theme import ThemeError, ThemeSpec, parse_theme, theme_name
from ims_tui.core.text import printable
from ims_tui.core.toml.reader import read_toml

MOST_FILES = 200
"""Theme files read of one folder."""


def packaged() -> Path:
    """Folder of the themes that ship: in the wheel, or beside it in a clone."""
    inside = Path(__file__).parents[1] / "themes"
    return inside if inside.is_dir() else inside.parent.parent / "themes"


def read_themes(folders: Iterable[Path]) -> tuple[list[ThemeSpec], list[str]]:
    """Read all themes of some folders; the first of a name wins.

    Returns the themes and one line for each file that is skipped.
    """
    themes: dict[str, ThemeSpec] = {}
    problems = []
    for folder in folders:
        for path in _files(folder):
            try:
                spec = _read(path)
            except ValueError as error:  # a ThemeError, or not TOML
                place = printable(str(path))
                problems.append(f"{place}: {printable(str(error), 160)}; theme skipped")
            else:
                themes.setdefault(spec.name, spec)
    return list(themes.values()), problems


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.toml"))[:MOST_FILES] if folder.is_dir() else []
    except OSError:  # a folder that may not be entered has no themes for us
        return []


def _read(path: Path) -> ThemeSpec:
    """Read one file.

    Raises:
        ValueError: it is no theme; the text says why.
    """
    name = theme_name(path.stem)
    file = read_small(path)
    if file.reason:
        raise ThemeError(file.reason)
    return parse_theme(name, read_toml(file.text))
