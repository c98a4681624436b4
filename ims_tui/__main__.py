"""`python -m ims_tui` does what `ims-tui` does."""

from __future__ import annotations

import sys

from ims_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
