"""Publishes metrics while the list is polled."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from ims_tui.cli.call import Call
from ims_tui.core.errors import ConfigError, UsageError
from ims_tui.core.headless.metrics import Counters, families
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Snapshot
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.runtime import Runtime, limit_of
from ims_tui.wiring import exporter

TEXTFILE_S = 5.0
"""The file of metrics is written at most this often."""

LOOPBACK = "127.0.0.1"
_NO_EXTRA = "needs prometheus-client: pip install 'ims-tui[metrics]'"


def add_metrics(parser: argparse.ArgumentParser) -> None:
    """Add where metrics go."""
    parser.add_argument(
        "--metrics-port",
        type=address,
        metavar="[HOST:]PORT",
        help="serve metrics for Prometheus; on loopback unless a host is given",
    )
    parser.add_argument(
        "--textfile",
        type=_file,
        metavar="FILE",
        help="write metrics into a file, for the node exporter",
    )


def _file(text: str) -> Path:
    if (shown := printable(text)) != text:
        raise argparse.ArgumentTypeError(
            f"'{shown}' cannot be shown; take another name"
        )
    return Path(text)


def address(text: str) -> tuple[str, int]:
    """Read `9847` or `0.0.0.0:9847`."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return host.strip("[]") or LOOPBACK, int(port)


def publisher(call: Call, runtime: Runtime) -> Publisher | None:
    """What publishes as the command line asks; None where it does not ask.

    Raises:
        ConfigError: the port cannot be had.
        UsageError: the extra is missing.
    """
    args = call.args
    if args.metrics_port is None and args.textfile is None:
        return None
    try:
        made = Publisher(call, runtime)
    except ImportError as error:
        option = "--textfile" if args.metrics_port is None else "--metrics-port"
        raise UsageError(f"{option} {_NO_EXTRA}") from error
    if args.metrics_port is not None:
        made.serve(*args.metrics_port)
    return made


class Publisher:
    """Counts what adds up, and hands everything to the exporter.

    Raises:
        ImportError: the extra is missing.
    """

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self._call = call
        self._runtime = runtime
        self._exporter = exporter()
        self._tally = Counters()
        self._entries: Mapping[JobKey, Entry] = {}
        self._written_s = -TEXTFILE_S

    def serve(self, host: str, port: int) -> None:
        """Open the endpoint.

        Raises:
            ConfigError: the port cannot be had.
        """
        try:
            port = self._exporter.serve(host, port)
        except OSError as error:
            why = error.strerror or str(error)
            raise ConfigError(f"port {port} of {host} cannot be had: {why}") from error
        self._call.say([f"metrics at http://{host}:{port}/metrics"])

    def look(self, snapshot: Snapshot) -> None:
        """Take in a snapshot.

        Raises:
            ConfigError: the file cannot be written.
        """
        self._tally = self._tally.after(self._entries, snapshot.entries)
        self._entries = snapshot.entries
        settings, now = self._runtime.settings, self._runtime.moment()
        limits = {
            name: limit_of(profile.budget or settings.poll.budget).rate_per_s
            for name, profile in settings.profiles.items()
        }
        self._exporter.publish(families(snapshot, self._tally, limits, now.wall))
        if now.mono_s - self._written_s >= TEXTFILE_S:
            self._written_s = now.mono_s
            self.write()

    def write(self) -> None:
        """Write the file, where one is asked for.

        Raises:
            ConfigError: it cannot be written.
        """
        path = self._call.args.textfile
        if path is None:
            return
        try:
            self._exporter.write(path)
        except OSError as error:
            shown, why = printable(str(path)), error.strerror or str(error)
            raise ConfigError(f"{shown} cannot be written: {why}") from error
