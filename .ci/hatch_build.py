"""Lets the wheel carry the manual pages, made of the parser, and its components.

The list of components (CycloneDX) is made of an environment, which a build has none
of: whoever builds names it in WHEEL_SBOM, and the wheel has it in `.dist-info/sboms`
(PEP 770).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Enclosures(BuildHookInterface[Any]):
    """Adds `share/man/man1` to the wheel, and the list of components where there is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the pages into a folder that `finalize` removes."""
        sys.path.insert(0, self.root)
        os.environ["COLUMNS"] = "80"  # not those of whoever builds
        from ims_tui.cli.manpage import pages

        if components := os.environ.get("WHEEL_SBOM"):
            build_data["sbom_files"].append(str(Path(components).absolute()))
        self._folder = tempfile.TemporaryDirectory()
        for name, text in pages():
            path = Path(self._folder.name) / name
            path.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(path)] = f"share/man/man1/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact: str) -> None:
        """Remove what was made for the wheel."""
        self._folder.cleanup()
