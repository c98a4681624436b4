"""Publishes metrics while the list is polled."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.parser import port_number
from ims_tui.core.errors import ConfigError, StateError, UsageError, reason_of
from ims_tui.core.headless.changes import news_since
from ims_tui.core.headless.counters import (
    Counters,
    added,
    restored_counters,
    stored_counters,
)
from ims_tui.core.headless.metrics import families
from ims_tui.core.headless.priority import Priority
from ims_tui.core.headless.readiness import why_not_ready
from ims_tui.core.release import VERSION
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.runtime import Runtime, limit_of
from ims_tui.wiring import counter_file, exporter

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
    return host.strip("[]") or LOOPBACK, port_number(port, text)


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
        self._file = counter_file(call.setup.places)
        self._tally = Counters()
        self._entries: Mapping[JobKey, Entry] = {}
        self._events: Sequence[Event] = ()
        self._untold = 0
        self._written_s = -TEXTFILE_S
        self._latest: Snapshot | None = None
        self._publishing: asyncio.Task[None] | None = None
        self._is_restored = False
        self._is_kept = True
        """Whether the counters could be stored the last time."""

    def serve(self, host: str, port: int) -> None:
        """Open the endpoint.

        Raises:
            ConfigError: the port cannot be had.
        """
        try:
            port = self._exporter.serve(host, port)
        except OSError as error:
            why = reason_of(error)
            raise ConfigError(f"port {port} of {host} cannot be had: {why}") from error
        self._call.say([f"metrics at http://{host}:{port}/metrics"])

    def look(self, snapshot: Snapshot, untold: int) -> None:
        """Take in a snapshot; it is published when its counters are stored.

        Args:
            snapshot: the present state.
            untold: messages that a channel did not take, since the start.

        Raises:
            ConfigError: the file of metrics cannot be written.
        """
        tally = self._tally.after(self._entries, snapshot.entries)
        problems = [
            event
            for event in news_since(self._events, snapshot.events)
            if event.kind is EventKind.CONFIG_PROBLEM
        ]
        self._tally = replace(
            tally,
            reload_failures=tally.reload_failures + len(problems),
            notify_failures=tally.notify_failures + untold - self._untold,
        )
        self._untold = untold
        self._entries, self._events = snapshot.entries, snapshot.events
        self._latest = snapshot
        if self._publishing is None:
            self._publishing = asyncio.create_task(self._publish_all())
        elif self._publishing.done():
            self._publishing.result()
            self._publishing = asyncio.create_task(self._publish_all())

    async def _publish_all(self) -> None:
        while self._latest is not None:
            snapshot, self._latest = self._latest, None
            self._publish(snapshot, await self._kept())

    async def _kept(self) -> Counters:
        """What was counted; it is stored, unless that is said to fail."""
        tally = self._tally
        try:
            if not self._is_restored:
                earlier = restored_counters(
                    await asyncio.to_thread(self._file.counters)
                )
                self._tally = added(earlier, self._tally)
                self._is_restored = True
            tally = self._tally
            await asyncio.to_thread(self._file.save_counters, stored_counters(tally))
        except StateError as error:
            if self._is_kept:
                self._call.say([f"counters are not kept: {error}"], Priority.WARNING)
            self._is_kept = False
            return tally
        self._is_kept = True
        return tally

    def _publish(self, snapshot: Snapshot, tally: Counters) -> None:
        settings, now = self._runtime.settings, self._runtime.moment()
        limits = {
            name: limit_of(profile.budget or settings.poll.budget).rate_per_s
            for name, profile in settings.profiles.items()
        }
        self._exporter.publish(
            families(snapshot, tally, limits, now.wall, version=VERSION),
            why_not_ready(snapshot, settings, now),
        )
        if now.mono_s - self._written_s >= TEXTFILE_S:
            self._written_s = now.mono_s
            self.write()

    async def close(self) -> None:
        """Leave the last metrics behind.

        Raises:
            ConfigError: the file of metrics cannot be written.
        """
        if self._publishing is not None:
            await self._publishing
        self._file.close()
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
            shown, why = printable(str(path)), reason_of(error)
            raise ConfigError(f"{shown} cannot be written: {why}") from error
