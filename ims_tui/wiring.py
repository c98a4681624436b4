"""Builds a runtime from files, clocks and the network; the only user of adapters."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing, contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from ims_tui.adapters.clock import LocalZone as LocalZone  # `as`: handed on as it is
from ims_tui.adapters.clock import SystemClock as SystemClock
from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.adapters.newfile import write_new as write_new
from ims_tui.adapters.places import find_home, find_places
from ims_tui.core.config.places import Places
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.service.codes import Meaning, explain_error, read_codes
from ims_tui.core.service.job import JobError
from ims_tui.core.show.actions import BY_ID, clashes
from ims_tui.core.show.columns import COLUMNS

if TYPE_CHECKING:  # what a command does not use it does not load
    from ims_tui.adapters.exporter import Exporter
    from ims_tui.adapters.ims import ImsSource
    from ims_tui.adapters.savedlist import SavedList as SavedList
    from ims_tui.adapters.statedb import StateDb
    from ims_tui.adapters.systemd import ServiceState
    from ims_tui.core.config.settings import (
        ChannelSettings,
        NotifySettings,
        Profile,
        Settings,
    )
    from ims_tui.core.headless.bundle import Workplace
    from ims_tui.core.headless.reach import Reach
    from ims_tui.core.headless.signcheck import SignCheck
    from ims_tui.core.polling.ledger import Ledger
    from ims_tui.core.ports import Channel, ConfigSource, JobSource
    from ims_tui.core.show.theme import ThemeSpec
    from ims_tui.core.signin.credential import CredentialState
    from ims_tui.core.state.history import PastJob
    from ims_tui.core.watchlist.watch import JobKey
    from ims_tui.engine.notifier import Notifier, Route
    from ims_tui.engine.runtime import Runtime

LOG_BYTES = 2_000_000
LOG_FILES = 3
LOCK_TIMEOUT_S = 1.0
"""How long a save waits for the list's lock in a program that runs on: it tries again,
and its end must not wait longer."""


class Setup(Struct, frozen=True):
    """What one call of the program works with."""

    places: Places
    files: ConfigFiles


def set_up(
    environ: Mapping[str, str],
    options: Mapping[str, object],
    config: str,
    watchlist: str,
    state_dir: str,
    themes: Collection[str] | None = None,
) -> Setup:
    """Settle where the files are; reads none of them.

    Args:
        environ: all variables.
        options: of the command line.
        config: the file that an option names; else empty.
        watchlist: the file that an option names; else empty.
        state_dir: the folder that an option names; else empty.
        themes: all there are. To know those of Textual costs its import: None where
            a theme that is not there shows on the screen.

    Raises:
        ConfigError: nothing says where they are.
    """
    places = find_places(environ, config, watchlist, state_dir)
    home = find_home(environ) or Path("/")  # credentials below it are not there
    known = Vocabulary(BY_ID, COLUMNS, themes, clashes, _filter_problem)
    files = ConfigFiles(
        environ, options, places.config, home, known, places.config_is_named
    )
    return Setup(places, files)


def _filter_problem(text: str) -> str:
    from ims_tui.core.show.filters import parse_filter  # few settings have a filter

    return parse_filter(text).problem


def saved_list(places: Places) -> SavedList:
    """The list of these places, with what is stored; nothing is opened yet."""
    from ims_tui.adapters.savedlist import SavedList

    return SavedList(places.watchlist, places.state, _beside(places, "pollers"))


def seed_history(places: Places, jobs: Sequence[PastJob]) -> None:
    """Let a runtime on these places begin with knowledge; blocks.

    Raises:
        StateError: the file cannot be written.
    """
    from ims_tui.adapters.statedb import StateDb

    with closing(StateDb(places.state)) as db:
        db.remember(jobs)


@contextmanager
def as_poller(places: Places) -> Iterator[Callable[[], bool]]:
    """Let other copies follow this one while the block lasts.

    Gives a call that tells whether another one works on the same list; it blocks, and
    raises an `UnseenError` where that cannot be told.
    """
    from ims_tui.adapters.pollers import in_company, polling

    beside = places.watchlist.with_name(f"{places.watchlist.name}.open")
    with polling(_beside(places, "pollers")), in_company(beside) as has_others:
        yield has_others


def shared_budget(places: Places) -> Ledger:
    """Where the copies on this machine book their requests."""
    from ims_tui.adapters.ledgerdb import LedgerDb

    return LedgerDb(_beside(places, "budget"))


def _beside(places: Places, name: str) -> Path:
    return places.state.with_name(f"{places.state.stem}.{name}")


def build_runtime(
    settings: Settings,
    places: Places,
    config: ConfigSource,
    picked: Collection[JobKey] | None = None,
) -> Runtime:
    """A runtime on this machine's files and clocks; nothing is opened yet.

    Args:
        settings: what the operator chose.
        places: the files.
        config: reads the settings again, and knows when to.
        picked: poll only these jobs, and follow a running copy; None: the whole list.
    """
    import random

    from ims_tui.adapters.statedb import StateDb
    from ims_tui.adapters.watchfile import WatchFile
    from ims_tui.engine.runtime import Ports, Runtime
    from ims_tui.engine.sublist import PickedList

    clock = SystemClock()
    whole = WatchFile(places.watchlist, lock_timeout_s=LOCK_TIMEOUT_S)

    def open_source(profile: Profile, settings: Settings) -> ImsSource:
        from ims_tui.adapters.callfile import CallFile
        from ims_tui.adapters.ims import ImsSource

        return ImsSource(
            profile,
            now=clock.now,
            timeout_s=settings.poll.request_timeout_s,
            max_in_flight=settings.poll.max_in_flight,
            calls=CallFile(_beside(places, "calls")),
        )

    return Runtime(
        settings,
        Ports(
            clock=clock,
            watch_file=whole if picked is None else PickedList(whole, picked),
            state_file=StateDb(places.state),
            open_source=open_source,
            config=config,
            chance=random.Random().random,
            load_network=load_network,
            ledger=shared_budget(places),
            neighbour=None if picked is None else saved_list(places),
            start_program=_start_program,
        ),
    )


async def _start_program(argv: Sequence[str], given: bytes | None) -> bool:
    from ims_tui.adapters.program import start_program

    return await start_program(argv, given)


def load_network() -> None:
    """Load httpx, which costs 50 ms, and what it loads itself with its first request.

    That takes another 50 ms, in which the event loop would stand still.
    """
    for name in ("ims_tui.adapters.ims", "httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):  # who needs it says that it is not there
            import_module(name)


def exporter() -> Exporter:
    """What serves and writes metrics.

    Raises:
        ImportError: the extra `metrics` is not installed.
    """
    from ims_tui.adapters.exporter import Exporter

    return Exporter()


def counter_file(places: Places) -> StateDb:
    """Where `watch` keeps what it counted; nothing is opened yet."""
    from ims_tui.adapters.statedb import StateDb

    return StateDb(places.state)


def open_notifier(
    notify: NotifySettings,
    places: Places,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    write: Callable[[str], None] | None = None,
) -> Notifier:
    """What tells news over the operator's channels; there may be none of them.

    Args:
        notify: the channels and their rules.
        places: where news wait.
        environ: the variables.
        say: told in one line what is wrong with a channel.
        write: writes to the terminal; None: there is none, nor its channels.
    """
    from ims_tui.adapters.statedb import StateDb
    from ims_tui.engine.notifier import Notifier
    from ims_tui.engine.threads import DaemonThreads

    clock = SystemClock()
    thread = DaemonThreads(1, "outbox")
    routes_of = partial(open_routes, environ=environ, say=say, write=write)
    state = StateDb(places.state)
    return Notifier(notify, routes_of, state, clock, thread, say)


def open_routes(
    notify: NotifySettings,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    write: Callable[[str], None] | None = None,
) -> Sequence[Route]:
    """The operator's channels with their rules, none where nobody is to be told.

    Nothing is sent yet.

    The arguments are those of `open_notifier`.
    """
    if notify.when == "never":
        return []
    from ims_tui.adapters.channels.kinds import open_channel
    from ims_tui.core.headless.channels import channels_of

    channels = channels_of(notify)
    secrets = [text for one in channels.values() for text in (one.url, one.secret)]
    now = SystemClock().now
    return [
        _route(name, settings, channel, notify, say)
        for name, settings in channels.items()
        if (channel := open_channel(settings, environ, secrets, write, now)) is not None
    ]


def longest_s(notify: NotifySettings) -> float:
    """Longest time that telling the last news may take."""
    from ims_tui.core.headless.channels import channels_of

    channels = [c for c in channels_of(notify).values() if not c.is_of_terminal]
    if not channels:
        return 0.0
    from ims_tui.adapters.channels.post import LIMIT_S

    return max(c.timeout_s if c.argv else LIMIT_S for c in channels)


def _route(
    name: str,
    settings: ChannelSettings,
    channel: Channel,
    notify: NotifySettings,
    say: Callable[[str], None],
) -> Route:
    from ims_tui.core.headless.channels import DEFAULT
    from ims_tui.core.notices.news import Level
    from ims_tui.core.notices.pace import Pace
    from ims_tui.core.notices.quiet_hours import QuietHours
    from ims_tui.core.notices.rules import Rule
    from ims_tui.core.show.filters import parse_filter
    from ims_tui.engine.notifier import Route

    later = [f"channels.{name}" for name in notify.escalate_channels]
    parsed = parse_filter(settings.filter)
    if parsed.problem:
        say(f"notify.{name}.filter: {parsed.problem}; this word is left out")
    quiet = None
    if notify.quiet_hours:
        begins, ends = notify.quiet_hours
        allow = [Level(level) for level in notify.quiet_allow]
        quiet = QuietHours(begins, ends, notify.quiet_days, allow, LocalZone())
    return Route(
        name,
        Rule(
            Level(settings.level),
            parsed.passes,
            notify.events,
            notify.min_duration_s,
            hears_marked=settings.is_of_terminal,
            only_away=notify.when == "away",
        ),
        Pace(notify.coalesce_s, quiet=quiet, is_each=settings.kind == "command"),
        channel,
        is_chinese=settings.language == "zh-CN",
        is_default=name == DEFAULT,
        escalates_s=notify.escalate_after_s if name in later else 0.0,
    )


def service_state(environ: Mapping[str, str]) -> ServiceState:
    """What tells the service manager how the program stands."""
    from ims_tui.adapters.systemd import ServiceState

    return ServiceState(environ)


def journal_mark(environ: Mapping[str, str], stream: TextIO, level: int) -> str:
    """What a line begins with for the journal; empty where the stream is none."""
    if "JOURNAL_STREAM" not in environ:
        return ""
    from ims_tui.adapters.systemd import is_journal

    try:
        number = stream.fileno()
    except (OSError, ValueError):  # the stream is none of the system's
        return ""
    return f"<{level}>" if is_journal(environ, number) else ""


@cache
def _codes() -> Mapping[str, Meaning]:
    return read_codes(packaged_text("core/service/codes.toml"))


def known_codes() -> Sequence[str]:
    """The error codes whose meaning is known."""
    return list(_codes())


def explain(error: JobError) -> Meaning | None:
    """What the error of a job means; the table is read when it is first wanted."""
    return explain_error(_codes(), error)


def packaged_text(name: str) -> str:
    """A data file of the package, such as a unit for systemd."""
    from importlib.resources import files

    return files("ims_tui").joinpath(name).read_text(encoding="utf-8")


def surroundings(log: Path | None, environ: Mapping[str, str]) -> Workplace:
    """What evidence of a job says of this machine; reads the end of the log."""
    from ims_tui.adapters.surroundings import surroundings_of

    return surroundings_of(log, environ)


def write_file(path: Path, text: str) -> None:
    """Write a file of mode 600, whole or not at all.

    Raises:
        OSError: there is no such file now.
    """
    from ims_tui.adapters.atomicfile import write_atomic

    write_atomic(path.resolve(), text.encode())


def all_themes(places: Places) -> tuple[list[ThemeSpec], list[str]]:
    """The operator's themes and ours, with a line for each file that is skipped."""
    from ims_tui.adapters.themefiles import packaged, read_themes

    return read_themes((places.themes, packaged()))


def open_log(path: Path, level: str) -> None:
    """Log into a rotating file. Nothing ever goes to the terminal.

    Raises:
        OSError: the file cannot be written.
    """
    import logging

    from ims_tui.adapters.logfile import LogFile  # 10 ms, for it imports sockets

    log = LogFile(path, LOG_BYTES, LOG_FILES)
    log.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    # Of asyncio the faults that nobody else has seen.
    for name, least in (("ims_tui", level.upper()), ("asyncio", "WARNING")):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [log], False
        logger.setLevel(least)


async def try_profile(
    profile: Profile, settings: Settings, ledger: Ledger | None = None
) -> SignCheck:
    """Sign in once and ask about a job that cannot exist.

    Args:
        profile: whom to sign in as.
        settings: for time limits and budget.
        ledger: where the request is booked; None: nowhere.
    """
    from ims_tui.adapters.ims import ImsSource
    from ims_tui.core.headless.signcheck import PROBE_ID, SignCheck
    from ims_tui.core.polling.budget import Budget
    from ims_tui.core.service.outcome import FailureKind, PollFailed
    from ims_tui.core.state.account import account_of
    from ims_tui.engine.follower import BookedSource
    from ims_tui.engine.runtime import limit_of

    clock = SystemClock()
    plain = ImsSource(
        profile,
        now=clock.now,
        timeout_s=settings.poll.request_timeout_s,
        max_in_flight=1,
    )
    source: JobSource = plain
    if ledger is not None:
        budget = Budget(limit_of(profile.budget or settings.poll.budget))
        source = BookedSource(plain, ledger, account_of(profile), budget, clock)
    try:
        outcome = await source.show(PROBE_ID)
        failure = outcome.kind if isinstance(outcome, PollFailed) else None
        if source.call and failure is FailureKind.NOT_UNDERSTOOD:
            outcome = await source.show(PROBE_ID)  # by the older call
        return SignCheck(
            profile.name, outcome, source.credential, source.call, clock.now()
        )
    finally:
        await source.close()


async def probe_endpoint(profile: Profile, settings: Settings) -> Reach:
    """Whether the address of a profile answers, asked without its credential."""
    from ims_tui.adapters.reach import probe

    return await probe(profile, settings.poll.request_timeout_s, SystemClock().now)


async def stored_state(profile: Profile) -> CredentialState | None:
    """What is known of a token that is already here; None where one must sign in."""
    from ims_tui.adapters.auth.external_token import token_source
    from ims_tui.core.config.settings import TokenSpec
    from ims_tui.core.signin.credential import CredentialState
    from ims_tui.core.signin.refusal import Refusal

    spec = profile.auth
    if not isinstance(spec, TokenSpec) or not (spec.file or spec.token):
        return None
    found = await token_source(spec).obtain()
    if isinstance(found, Refusal):
        return CredentialState(spec.scheme, spec.source, refusal=found)
    return CredentialState(spec.scheme, spec.source, expires_at=found.expires_at)
