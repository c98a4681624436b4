"""The least that reading a list can be: `tomllib`, and nothing made of it."""

from __future__ import annotations

import os
import sys
import tomllib

from tests.bench.home import places

READING = "tomllib reads the list"
DONE = "That is all"


def main() -> None:
    """Say when it begins and when it is done."""
    text = places(dict(os.environ)).watchlist.read_text(encoding="utf-8")
    sys.stdout.write(f"{READING}\n")
    sys.stdout.flush()
    tomllib.loads(text)
    sys.stdout.write(f"{DONE}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
