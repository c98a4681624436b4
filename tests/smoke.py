"""Starts a command in a real pty and looks at its screen: `smoke.py CMD ARG...`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.pty_screen import PtyScreen


def main() -> int:
    """Returns 0 when the demo showed moving jobs and left cleanly."""
    with (
        tempfile.TemporaryDirectory() as home,
        PtyScreen(sys.argv[1:], environ={"HOME": home, "LANG": "C.UTF-8"}) as screen,
    ):
        screen.wait_for("rocky9-base")
        shown = screen.wait_for(lambda text: "RUN" in text and "%" in text)
        sys.stdout.write(shown + "\n")
        screen.send("qq")
        code = screen.end()
        left = sorted(str(path) for path in Path(home).rglob("*") if path.is_file())
    if code or left:
        sys.stdout.write(f"exit code {code}, files left in HOME: {left}\n")
    return code or bool(left)


if __name__ == "__main__":
    sys.exit(main())
