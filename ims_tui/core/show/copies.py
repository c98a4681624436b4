"""What can be copied of a job, as text: never with a credential."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from msgspec import Struct

from ims_tui.core.service.rawtext import raw_lines
from ims_tui.core.show.export import job_json
from ims_tui.core.show.sentences import failure_line, poll_failure
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry

_CALL = "/v1/cloudimages/job"
_UNSAFE_PATH = re.compile(r"[^\w.-]")


class Copyable(Struct, frozen=True):
    """One thing in the copy menu."""

    key: str
    words: str
    text: Callable[[Entry, View, str], str]
    """Text from entry, view and endpoint; empty where there is none."""


def curl_line(job_id: str, endpoint: str) -> str:
    """The request as a shell line; the token stays in a variable."""
    url = f"{endpoint.rstrip('/')}{_CALL}/{job_id}"
    return f'curl -sS -H "X-Auth-Token: $IMS_TUI_TOKEN" {shlex.quote(url)}'


def error_text(entry: Entry) -> str:
    """Why the job failed, or why the last poll of it did."""
    if entry.job is not None and entry.job.error is not None:
        return failure_line(entry.job)
    return poll_failure(entry.failure) if entry.failure is not None else ""


def raw_text(entry: Entry) -> str:
    """The last reply, laid out as in the Raw tab."""
    return "\n".join(raw_lines(entry.exchange.body)) if entry.exchange else ""


COPIES: tuple[Copyable, ...] = (
    Copyable("i", "job id", lambda entry, view, endpoint: entry.watch.job_id),
    Copyable("m", "image id", lambda entry, view, endpoint: entry.image_id),
    Copyable("j", "row as JSON", lambda entry, view, endpoint: job_json(entry, view)),
    Copyable("r", "raw reply", lambda entry, view, endpoint: raw_text(entry)),
    Copyable("e", "error text", lambda entry, view, endpoint: error_text(entry)),
    Copyable(
        "c",
        "curl line",
        lambda entry, view, endpoint: curl_line(entry.watch.job_id, endpoint),
    ),
)


def file_name(name: str, suffix: str) -> str:
    """A file name for something of a job or a list."""
    bare = _UNSAFE_PATH.sub("-", name).strip("-.")[:80] or "ims-tui"
    return f"{bare}.{suffix}"
