"""What a command loads, seen in `sys.modules` of a real process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.cli.service import Service
from tests.pty_screen import PtyScreen

SPY = """
import sys
from ims_tui.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
loaded = {name.partition('.')[0] for name in sys.modules}
print('LOADED', *sorted(loaded & {'textual', 'httpx', 'rich', 'yaml', 'asyncio'}))
"""


def loaded_by(*arguments: str, home: Path) -> set[str]:
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", SPY, *arguments],
        cwd=Path(__file__).parent.parent,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED", done.stdout
    return set(last[1:])


@pytest.mark.parametrize("command", ["--version", "--help", "config path"])
def test_small_commands_load_neither_textual_nor_httpx(
    command: str, tmp_path: Path
) -> None:
    assert not loaded_by(*command.split(), home=tmp_path) & {"textual", "httpx", "yaml"}


FRAME_SPY = """
import os, sys
from ims_tui.cli.main import main
class Finder:
    def find_spec(self, name, path=None, target=None):
        os.write(2, b"\\x1b]7777;" + name.encode() + b"\\x1b\\\\")
sys.meta_path.insert(0, Finder())
sys.exit(main([]))
"""
LATER = (b"ims_tui.engine.notifier", b"ims_tui.adapters.channels", b"httpx", b"sqlite3")


def test_what_tells_news_is_loaded_after_the_first_frame(tmp_path: Path) -> None:
    with Service() as service:
        program = Program(tmp_path, service.url)
        program.environ["IMS_URL"] = "https://chat.example/hook"
        program.configure(
            '[notify.channels.a]\nkind = "slack"\nurl_env = "IMS_URL"\n'
            '[notify.channels.b]\nkind = "terminal"\n'
        )
        words = [sys.executable, "-c", FRAME_SPY]
        with PtyScreen(words, environ=program.environ) as screen:
            screen.wait_for(lambda _: b"ims_tui.adapters.channels" in screen.received)
    frame, _, after = screen.received.partition(b"STATE")  # a title of the table
    assert not [name for name in LATER if name in frame]
    assert b"ims_tui.engine.notifier" in after
    notices = set(re.findall(rb"7777;ims_tui\.core\.notices\.(\w+)", frame))
    assert notices <= {b"attention", b"news", b"quiet_hours"}, "values of settings"
