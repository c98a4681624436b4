"""Find and read theme files: the operator's own, then those that ship with us."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from ims_tui.core.show.theme import ThemeError, ThemeSpec, parse_theme
from ims_tui.core.text import printable


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
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                values = tomllib.loads(path.read_text(encoding="utf-8"))
                spec = parse_theme(path.stem, values)
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                problems.append(f"{path}: {printable(str(error), 120)}; theme skipped")
            except ThemeError as error:
                problems.append(f"{path}: {printable(str(error), 160)}; theme skipped")
            else:
                themes.setdefault(spec.name, spec)
    return list(themes.values()), problems
