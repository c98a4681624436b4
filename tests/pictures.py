"""Draws `screenshots/`: `python -m tests.pictures`, in half a minute.

The scenes of the golden tests as SVG, each beside it as PNG out of a real browser, and
a recording of the demo. The browser is a Chromium on the PATH; on Debian
`apt-get install chromium fonts-firacode fonts-noto-cjk` brings it with the fonts.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import recording
from tests.scenes import ROOT, draw_screenshots

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 60.0


def photograph(browser: str, svg: Path) -> None:
    """Write the PNG that a browser shows of an SVG beside it."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text())
    assert box, f"{svg} has no size"
    size = ",".join(str(round(float(side))) for side in box.groups())
    with tempfile.TemporaryDirectory() as folder:
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
        subprocess.run(
            [
                browser,
                *options,
                f"--user-data-dir={folder}",
                f"--window-size={size}",
                f"--screenshot={svg.with_suffix('.png')}",
                svg.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )


def main() -> int:
    """Draw all; returns the exit code."""
    folder = ROOT / "screenshots"
    asyncio.run(draw_screenshots(folder))
    drawn = sorted(folder.glob("*.svg"))
    recording.draw(folder / "demo.svg")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(f"no PNG: none of {', '.join(BROWSERS)} is installed\n")
        return 1
    for svg in drawn:
        if svg.stem != "demo":
            photograph(browser, svg)
    return 0


if __name__ == "__main__":
    sys.exit(main())
