"""`ims-tui service`: prints or installs what runs `watch` as a service."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_commands
from ims_tui.core.errors import ConfigError, UsageError, reason_of
from ims_tui.core.text import printable
from ims_tui.wiring import packaged_text

FILES = {
    "ims-tui.service": "unit for systemd: one list, a user of its own, hardened",
    "ims-tui@.service": "template unit: one account each, its token by LoadCredential",
    "ims-tui.user.service": "unit for systemd --user: the operator's own list",
    "Containerfile": "image without root that runs on a read-only file system",
    "ims-tui.rules.yml": "alerts for Prometheus",
    "dashboard.json": "dashboard for Grafana, to be imported",
}
"""What there is to print."""

SYSTEM_UNITS = Path("/etc/systemd/system")
_COMMAND = "{command}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `print` and `install`."""
    commands = add_commands(parser)
    show = commands.add_parser("print", help="print a file; without a name, all names")
    show.add_argument("file", nargs="?", choices=FILES, metavar="FILE")
    install = commands.add_parser("install", help="put the units where systemd looks")
    install.add_argument(
        "--user", action="store_true", help="for systemd --user, for you alone"
    )


def run(call: Call) -> int:
    """Run one of them; returns the exit code."""
    if call.args.subcommand == "install":
        return _install(call)
    name = call.args.file
    if name is None:
        call.out.writelines(f"{each:<22} {about}\n" for each, about in FILES.items())
    else:
        call.out.write(_text(name))
    return 0


def _text(name: str) -> str:
    """A file as it is for this machine: units name the program by its whole path."""
    text = packaged_text(f"deploy/{name}")
    if _COMMAND not in text:
        return text
    found = shutil.which(sys.argv[0]) or shutil.which("ims-tui")
    if found is None:
        raise ConfigError("ims-tui is not in PATH, so that no unit can name it")
    path = str(Path(found).absolute())
    if any(c.isspace() or c in "\"'\\%$" for c in path):
        raise ConfigError(f"{printable(path)} cannot stand in a unit; move ims-tui")
    return text.replace(_COMMAND, path)


def _install(call: Call) -> int:
    if call.args.user:
        folder = _user_units(call)
        units = {"ims-tui.service": "ims-tui.user.service"}
        scope = "systemctl --user"
    else:
        if os.geteuid() != 0:
            raise UsageError(
                f"{SYSTEM_UNITS} is for root: use sudo, or --user for you alone"
            )
        folder = SYSTEM_UNITS
        units = {name: name for name in ("ims-tui.service", "ims-tui@.service")}
        scope = "systemctl"
    texts = {name: _text(source) for name, source in units.items()}
    for name, text in texts.items():
        if not call.args.user:
            _check_reachable(text)
        _put(call, folder / name, text)
    call.say([f"now: {scope} daemon-reload && {scope} enable --now ims-tui"])
    return 0


def _check_reachable(text: str) -> None:
    """A unit that sees no home directory cannot run a program in one."""
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    path = line.removeprefix("ExecStart=").split()[0]
    if path.startswith(("/home/", "/root/", "/run/user/")):
        raise ConfigError(
            f"{printable(path)} is in a home directory, where a system service does "
            "not look; install ims-tui for all (pipx install --global), or use --user"
        )


def _user_units(call: Call) -> Path:
    base = call.environ.get("XDG_CONFIG_HOME", "")
    home = Path(base) if base.startswith("/") else Path.home() / ".config"
    return home / "systemd" / "user"


def _put(call: Call, path: Path, text: str) -> None:
    """Write a unit; one that says something else stays, for somebody changed it.

    Raises:
        ConfigError: there is another one, or it cannot be written.
    """
    shown = printable(str(path))
    try:
        if path.exists():
            if path.read_text(encoding="utf-8", errors="replace") == text:
                call.say([f"{shown} is there already"])
                return
            raise ConfigError(
                f"{shown} says something else and stays as it is; move it away first, "
                f"and put changes of yours into {shown}.d/"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        path.chmod(0o644)
    except OSError as error:
        raise ConfigError(f"{shown} cannot be written: {reason_of(error)}") from error
    call.say([f"wrote {shown}"])
