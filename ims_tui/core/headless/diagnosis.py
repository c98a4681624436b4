"""Findings of `doctor`: each says that something is in order, or what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial

from msgspec import Struct

from ims_tui.core.config.provenance import SettingProblem
from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.headless.channels import channels_of
from ims_tui.core.headless.reach import Reach
from ims_tui.core.headless.signcheck import SignCheck, expiry, offset_text
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.rules import hears_nothing
from ims_tui.core.polling.habits import held_of
from ims_tui.core.polling.memory import Memory
from ims_tui.core.service.reply import CLOCKS_APART
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.refusal import SIGNATURE_LIFE_S

WIDTH_SAMPLES: Mapping[str, int] = {"a": 1, "中": 2, "⣿": 1, "▸": 1, "é": 1}
"""Texts whose width in cells the table relies on."""

FEWEST_JUDGED = 10
"""Ended jobs of a type before its ranges of time left are judged."""

LEAST_FREE_BYTES = 1024 * 1024
"""With less room than this saving may fail at any moment."""

_CLOCK_WARNING_S = 60.0
_CERTIFICATE_WARNING = timedelta(days=14)


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """It works, with less than it could."""
    FAIL = "FAIL"


class Finding(Struct, frozen=True):
    """One line of `doctor`."""

    level: Severity
    subject: str
    text: str
    remedy: str = ""

    def document(self) -> dict[str, object]:
        """The finding as a JSON value."""
        return {
            "level": self.level.value.lower(),
            "subject": self.subject,
            "text": self.text,
            "remedy": self.remedy or None,
        }


_ok = partial(Finding, Severity.OK)
_note = partial(Finding, Severity.NOTE)
_fail = partial(Finding, Severity.FAIL)


class TerminalFacts(Struct, frozen=True):
    """What a process can know of its terminal."""

    is_terminal: bool
    columns: int
    rows: int
    environ: Mapping[str, str]
    encoding: str
    widths: Mapping[str, int] | None
    """Measured cells of each sample; None where the terminal did not answer."""
    clipboard_tool: str
    """A program that copies, where there is one."""


class FileFacts(Struct, frozen=True):
    """One file of ours, or the place where it will be."""

    subject: str
    path: str
    exists: bool
    is_usable: bool
    """Whether it, or where it will be, can be read and, if need be, written."""
    others_write: bool = False
    others_read: bool = False
    is_private: bool = False
    """Whether nobody else should read it."""
    reason: str = ""
    """Why it cannot be looked at or used, where the system says it."""
    free_bytes: int | None = None
    """Room where it is written; None where that does not matter."""


def failures(findings: Iterable[Finding]) -> int:
    """How many things are not in order."""
    return sum(finding.level is Severity.FAIL for finding in findings)


# -- the terminal ----------------------------------------------------------------------


def of_terminal(facts: TerminalFacts) -> Iterator[Finding]:
    """Screen, colours, encoding, widths, clipboard."""
    if not facts.is_terminal:
        yield _note("terminal", "there is none here", "Run doctor in a terminal.")
        return
    yield _screen(facts)
    yield _colours(facts.environ)
    if facts.encoding.lower().replace("-", "") == "utf8":
        yield _ok("encoding", "UTF-8")
    else:
        yield _note(
            "encoding",
            f"{facts.encoding or 'unknown'}; the screen is drawn in ASCII",
            "Set LANG to a UTF-8 locale, such as C.UTF-8.",
        )
    yield _widths(facts.widths)
    yield _clipboard(facts)


def _screen(facts: TerminalFacts) -> Finding:
    term = facts.environ.get("TERM", "")
    text = f"{term or 'TERM is not set'}, {facts.columns}x{facts.rows}"
    if not term or term == "dumb":
        remedy = "Set TERM to what the terminal is, such as xterm-256color."
        return _fail("terminal", text, remedy)
    if facts.columns < 40 or facts.rows < 6:
        return _fail("terminal", text, "Make it 40x6 or larger.")
    return _ok("terminal", text)


def _colours(environ: Mapping[str, str]) -> Finding:
    if environ.get("NO_COLOR"):
        return _ok("colours", "none, since NO_COLOR is set")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return _ok("colours", "16 million")
    if "256color" in environ.get("TERM", ""):
        return _ok("colours", "256")
    return _note(
        "colours", "16 or fewer", "If the terminal has more, set COLORTERM=truecolor."
    )


def _widths(widths: Mapping[str, int] | None) -> Finding:
    if widths is None:
        text = "not measured: the terminal does not say where its cursor is"
        return _note("widths", text)
    wrong = [t for t, cells in WIDTH_SAMPLES.items() if widths.get(t) != cells]
    if not wrong:
        return _ok("widths", "wide and narrow characters as expected")
    shown = ", ".join(
        f"{t} takes {widths.get(t)} instead of {WIDTH_SAMPLES[t]}" for t in wrong
    )
    remedy = 'Set ui.glyphs = "ascii", or the terminal\'s ambiguous width to narrow.'
    return _note("widths", shown, remedy)


def _clipboard(facts: TerminalFacts) -> Finding:
    is_remote = bool(facts.environ.get("SSH_TTY"))
    if facts.clipboard_tool and not is_remote:
        return _ok("clipboard", facts.clipboard_tool)
    if facts.environ.get("TMUX"):
        remedy = "If copying does nothing: tmux set -g set-clipboard on"
        return _ok("clipboard", "OSC 52 through tmux", remedy)
    return _ok("clipboard", "OSC 52, if the terminal allows it")


# -- the configuration and the files ---------------------------------------------------


def of_config(problems: Sequence[SettingProblem], place: str) -> Iterator[Finding]:
    """Each mistake, or that there is none."""
    for problem in problems:
        yield _fail("config", str(problem))
    if not problems:
        yield _ok("config", place)


def of_file(facts: FileFacts) -> Finding:
    """Whether a file can be used, and by nobody else."""
    there = facts.path if facts.exists else f"{facts.path} (not there yet)"
    if facts.reason:
        text = f"{facts.path} cannot be used: {facts.reason}"
        remedy = "Check the folders on the way to it, and that it is a plain file."
        return _fail(facts.subject, text, remedy)
    if not facts.is_usable:
        remedy = (
            f"Check owner and permissions of {facts.path}, and that its file system "
            "is not read only."
        )
        return _fail(facts.subject, f"{there} cannot be used", remedy)
    if facts.free_bytes is not None and facts.free_bytes < LEAST_FREE_BYTES:
        text = f"{there}: the disk is full, {facts.free_bytes // 1024} KiB are left"
        remedy = "Make room there: what is learned cannot be saved."
        return _fail(facts.subject, text, remedy)
    if facts.others_write:
        text = f"others can write {facts.path}"
        remedy = f"Run chmod go-w {facts.path}"
        return _fail(facts.subject, text, remedy)
    if facts.is_private and facts.others_read:
        text = f"others can read {facts.path}"
        return _fail(facts.subject, text, f"Run chmod 600 {facts.path}")
    return _ok(facts.subject, there)


def of_channels(notify: NotifySettings) -> Iterator[Finding]:
    """Who is told of news; what is wrong with a channel the configuration says."""
    for place, channel in channels_of(notify).items():
        name = place.removeprefix("channels.")
        problem = parse_filter(channel.filter).problem
        subject, text = f"channel {name}", f"{channel.kind}, hears {channel.level}"
        if hears_nothing(Level(channel.level), notify.events):
            text = f"it hears nothing: no event of notify.events is {channel.level}"
            yield _fail(subject, text, "Correct its level or events.")
        elif problem:
            remedy = "Correct it: this word is left out."
            yield _fail(subject, f"its filter: {problem}", remedy)
        elif notify.when == "never":
            yield _note(subject, f'{text}, but notify.when is "never"')
        else:
            text += f", only {channel.filter}" if channel.filter else ""
            tried = f"ims-tui notify test {name}"
            yield _ok(subject, f"{text}; to try it: {tried}")


# -- a profile -------------------------------------------------------------------------


def of_reach(profile: str, reach: Reach) -> Iterator[Finding]:
    """Network, TLS and clock on the way to the service."""
    subject = f"{profile} network"
    if reach.cause:
        text = f"no answer from {reach.host} ({reach.cause})"
        remedy = reach.remedy or "Check endpoint, network and proxy variables."
        yield _fail(subject, text, remedy)
        return
    took = f"{reach.host} answers in {reach.latency_s * 1000:.0f} ms"
    yield _ok(subject, took)
    yield _tls(profile, reach)
    yield _clock(profile, reach)


def _tls(profile: str, reach: Reach) -> Finding:
    subject = f"{profile} TLS"
    if not reach.tls:
        if is_loopback(reach.host):
            return _ok(subject, "none, to this machine itself")
        remedy = "Use an https:// endpoint."
        return _fail(subject, "none: everybody can listen", remedy)
    text = reach.tls
    if reach.valid_until is not None:
        text += f", certificate until {reach.valid_until:%Y-%m-%d}"
        if reach.valid_until - reach.at < _CERTIFICATE_WARNING:
            return _note(subject, text, "It ends soon: tell its owner.")
    return _ok(subject, text)


def _clock(profile: str, reach: Reach) -> Finding:
    subject = f"{profile} clock"
    if reach.date is None:
        return _note(subject, "the service does not say what time it is")
    if abs(reach.at - reach.date) > CLOCKS_APART:
        text = f"the service says it is {reach.date.date()}, which is not believed"
        remedy = "Set the clock (NTP) if it is wrong; else tell who runs the service."
        return _fail(subject, text, remedy)
    ahead_s = (reach.at - reach.date).total_seconds()
    text = f"{offset_text(0.0 if 0 <= ahead_s <= 2 else ahead_s)} the service's"
    if abs(ahead_s) > SIGNATURE_LIFE_S:
        remedy = "Set the clock (NTP). Signatures are refused beyond 15 minutes."
        return _fail(subject, text, remedy)
    if abs(ahead_s) > _CLOCK_WARNING_S:
        return _note(subject, text, "Set the clock (NTP).")
    return _ok(subject, text)


def of_sign_in(check: SignCheck) -> Finding:
    """Whether the service takes the credential."""
    subject = f"{check.profile} sign-in"
    failure = check.failure
    if failure is not None:
        return _fail(subject, f"{failure.why}.", failure.remedy)
    state = check.credential
    text = f"{state.scheme}, {state.source or 'given'}" if state else "accepted"
    if state is not None and state.expires_at:
        text += f", ends {expiry(state, check.at)}"
    if check.call:
        text += f"; GET {check.call} is used, the documented call is not offered"
    return _ok(subject, text)


def of_list(problems: Sequence[str]) -> Iterator[Finding]:
    """What of the list cannot be read or used."""
    for problem in problems:
        yield _fail("watchlist", problem)


# -- time left -------------------------------------------------------------------------


def of_estimates(profile: str, memory: Memory) -> Iterator[Finding]:
    """How often ranges of time left held, by type, where enough jobs have ended."""
    for job_type, kind in sorted(memory.types.items()):
        held = held_of(kind)
        if held is None or held.jobs < FEWEST_JUDGED:
            continue
        text = f"{job_type}: ranges held {held.ratio:.0%} of the time, 50% is promised"
        if kind.cover.width != 1.0:
            text += f"; made {kind.cover.width:.1f} times as wide since"
        yield _ok(f"{profile} time left", text)
