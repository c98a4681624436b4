"""The evidence of one job in one archive, for a support ticket: what it holds.

Nothing in it is a credential, and whatever looks like one is starred out once more.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.config.settings import Profile
from ims_tui.core.headless.signcheck import expiry
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.copies import file_name
from ims_tui.core.show.detail import error_block, heading, summary
from ims_tui.core.show.export import job_json
from ims_tui.core.show.sentences import poll_failure
from ims_tui.core.show.timeline import timeline
from ims_tui.core.show.view import Cell, Times, View
from ims_tui.core.signin.refusal import masked, without_secrets
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health
from ims_tui.core.text import plural, printable

INSIDE = "state, timeline, requests, last reply, versions"
"""What a bundle holds, in words."""

REPLY = "reply.txt"
"""The file that holds the last reply as it was received."""

_WIDTH = 100
_MODE = 0o600
_LOG_LINES = 200
_LOG_WIDTH = 500


class Workplace(Struct, frozen=True):
    """What stands around the jobs on this machine."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """Of programs and the system, by their names."""
    terminal: Mapping[str, str] = field(default_factory=dict)
    """Variables that say how the screen is drawn."""
    log: tuple[str, ...] = ()
    """The end of the log."""
    secrets: tuple[Secret, ...] = ()
    """Credentials in variables: starred out wherever they stand."""


def bundle_name(entry: Entry) -> str:
    """Name of the file; it names the job by its id, which nobody can choose."""
    return file_name(f"ims-tui-{entry.watch.job_id}", "zip")


def said_of(size: int, path: object) -> str:
    """What was written, what is inside, and what to do before it is sent."""
    return (
        f"Wrote {printable(str(path))} ({size:,} bytes). "
        f"Look through it before you send it. Inside: {INSIDE}."
    )


def bundle(
    entry: Entry, view: View, profile: Profile | None, around: Workplace
) -> bytes:
    """The zip file.

    Args:
        entry: the job.
        view: the point of view; times are written in UTC all the same.
        profile: whose job it is; None where the configuration has no such profile.
        around: what else a reader needs to know.
    """
    view = replace(view, times=Times.UTC)
    folder = bundle_name(entry).removesuffix(".zip")
    secrets = (*around.secrets, *_own_secrets(profile))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(entry, view, profile, around).items():
            at = view.now.wall.timetuple()[:6]
            info = zipfile.ZipInfo(f"{folder}/{name}", at)
            info.external_attr = _MODE << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            # In the reply what looks like a key may be an id: it stays as it is.
            star = without_secrets if name == REPLY else masked
            archive.writestr(info, star(content, secrets))
    return held.getvalue()


def _own_secrets(profile: Profile | None) -> Iterator[Secret]:
    auth = profile.auth if profile is not None else None
    values = (getattr(auth, name) for name in getattr(auth, "__struct_fields__", ()))
    return (value for value in values if isinstance(value, Secret))


def _files(
    entry: Entry, view: View, profile: Profile | None, around: Workplace
) -> dict[str, bytes]:
    texts = {
        "about.txt": _about(entry, view),
        "timeline.txt": _plain(timeline(entry, view)),
        "requests.txt": _requests(entry, profile, around),
        "surroundings.txt": _surroundings(entry, view, profile, around),
    }
    files = {name: _encoded("\n".join(lines)) for name, lines in texts.items()}
    files["job.json"] = _encoded(job_json(entry, view))
    if entry.exchange is not None:
        files[REPLY] = entry.exchange.body
    return files


def _encoded(text: str) -> bytes:
    return f"{text.rstrip()}\n".encode("utf-8", "backslashreplace")


def _plain(lines: Iterable[tuple[Cell, ...]]) -> Iterator[str]:
    return ("".join(cell.text for cell in line).rstrip() for line in lines)


def _about(entry: Entry, view: View) -> Iterator[str]:
    yield f"One job as ims-tui saw it, {view.now.wall:%Y-%m-%d %H:%M:%S} UTC."
    yield "All times are UTC. job.json holds the values, reply.txt the last reply."
    yield ""
    yield from _plain([heading(entry, view, _WIDTH)])
    yield from _plain(error_block(entry, view, _WIDTH))
    if (meaning := view.meaning_of(entry)) is not None:
        yield f"Source of the meaning of {meaning.code}: {meaning.source}"
    elif entry.status is JobStatus.FAIL:
        yield "ims-tui knows no meaning of this code."
    yield ""
    yield from _plain(summary(entry, view, _WIDTH, None))


def _requests(
    entry: Entry, profile: Profile | None, around: Workplace
) -> Iterator[str]:
    polls = plural(entry.polls, "request", "requests")
    yield f"{polls} since ims-tui started, {entry.errors} of them failed."
    if profile is not None and profile.endpoint:
        yield f"Endpoint      {profile.endpoint}"
    exchange = entry.exchange
    if exchange is None:
        yield "No answer is known."
    else:
        date = f"{exchange.date:%Y-%m-%d %H:%M:%S} UTC" if exchange.date else "none"
        yield "The last answer that is kept:"
        yield f"  Request id  {exchange.request_id or 'none'}"
        yield f"  HTTP        {exchange.http_status}"
        yield f"  Date        {date}"
        yield f"  Took        {exchange.latency_s * 1000:.0f} ms"
    if entry.failure is not None:
        when = f"{entry.failed.wall:%Y-%m-%d %H:%M:%S} UTC" if entry.failed else ""
        yield f"The last request failed {when}: {poll_failure(entry.failure)}"
    yield ""
    found = [line for line in around.log if entry.watch.job_id in line]
    yield "Of the log:" if found else "The log does not name the job."
    yield from (printable(line, _LOG_WIDTH) for line in found[-_LOG_LINES:])


def _surroundings(
    entry: Entry, view: View, profile: Profile | None, around: Workplace
) -> Iterator[str]:
    yield from _rows(around.versions)
    yield ""
    yield from _rows(around.terminal)
    yield ""
    if profile is None:
        yield f"Profile {entry.watch.profile}: not in the configuration"
        return
    facts = {"Profile": profile.name, "Region": profile.region or "not named"}
    yield from _rows(facts | dict(_link(view.health_of(entry), view)))


def _link(health: Health, view: View) -> Iterator[tuple[str, str]]:
    yield "Link", health.link.value
    if health.failure is not None:
        yield "Because", poll_failure(health.failure)
    if health.call:
        yield "Call", f"GET {health.call}, the documented one is not offered"
    state = health.credential
    if state is not None:
        yield "Sign-in", f"{state.scheme}, {state.source or 'given'}"
        if state.expires_at is not None:
            yield "Ends", expiry(state, view.now.wall)


def _rows(facts: Mapping[str, str]) -> Iterator[str]:
    return (f"{name:<14}{printable(text, 200)}" for name, text in facts.items())
