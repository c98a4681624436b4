"""The evidence of a job: what it holds, and what it never holds."""

from __future__ import annotations

import io
import zipfile

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import PasswordSpec, Profile
from ims_tui.core.headless.bundle import REPLY, Workplace, bundle, bundle_name
from ims_tui.core.service.job import JobError
from ims_tui.core.service.outcome import Exchange, FailureKind, PollFailed, PollOk
from ims_tui.core.show.view import View
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import Watch
from ims_tui.wiring import explain
from tests.core.entries import FAIL, at, id_of, job, moment, ok, polled, watch

JOB = id_of(0)
AROUND = Workplace(
    {"ims-tui": "0.1.0", "System": "Linux-6.1"},
    {"TERM": "xterm"},
    (f"11:59 GET /v1/x/{id_of(7)}: 200", f"12:00 GET /v1/x/{JOB}: 200"),
    (Secret("token-of-a-variable"),),
)
PROFILE = Profile(
    "prod",
    "cn-north-4",
    "https://ims.example.com",
    PasswordSpec("https://iam.example.com/v3", "me", "us", Secret("open-sesame")),
)


def files_of(
    entry: Entry, profile: Profile | None = PROFILE, around: Workplace = AROUND
) -> dict[str, str]:
    data = bundle(entry, View(moment(90.0), explain=explain), profile, around)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert {name.partition("/")[0] for name in names} == {f"ims-tui-{JOB}"}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o600}
        return {name.partition("/")[2]: archive.read(name).decode() for name in names}


def failed(body: bytes = b'{"status": "FAIL"}') -> Entry:
    found = job(status=FAIL, end_s=60.0, error=JobError("IMG.0057", "bad format"))
    exchange = Exchange(200, body, at(60), "7b1c-e2", 0.084)
    return polled((5.0, ok(job(step="Convert"))), (61.0, PollOk(found, exchange)))


def test_it_holds_what_support_asks_for() -> None:
    files = files_of(failed(b'{ "status" : "FAIL", }'))
    assert files[REPLY] == '{ "status" : "FAIL", }', "as it was received"
    about = files["about.txt"]
    for text in ("IMG.0057  bad format", "Try: ", "Source of the meaning", JOB):
        assert text in about
    assert "Convert" in files["timeline.txt"] and "FAIL" in files["timeline.txt"]
    for text in ("7b1c-e2", "2026-11-23 12:01:00 UTC", "84 ms", "ims.example.com"):
        assert text in files["requests.txt"]
    assert f"12:00 GET /v1/x/{JOB}: 200" in files["requests.txt"]
    assert id_of(7) not in files["requests.txt"], "of other jobs nothing is told"
    for text in ("ims-tui       0.1.0", "Linux-6.1", "cn-north-4", "xterm"):
        assert text in files["surroundings.txt"]
    assert '"job_id"' in files["job.json"]


def test_an_unanswered_request_is_evidence_too() -> None:
    failure = PollFailed(FailureKind.UNREACHABLE, "connection refused")
    files = files_of(polled((5.0, failure)))
    assert REPLY not in files
    assert "No answer is known." in files["requests.txt"]
    assert "connection refused" in files["requests.txt"]


def test_a_job_of_no_profile_and_an_empty_log() -> None:
    files = files_of(failed(), None, Workplace())
    assert "prod: not in the configuration" in files["surroundings.txt"]
    assert "The log does not name the job." in files["requests.txt"]


@pytest.mark.parametrize("secret", ["token-of-a-variable", "open-sesame"])
def test_no_secret_leaves(secret: str) -> None:
    entry = failed(f'{{"echo": "{secret}"}}'.encode())
    entry = replace(entry, watch=replace(entry.watch, note=f"with {secret}"))
    around = replace(AROUND, log=(f"{JOB} {secret}",), versions={"x": secret})
    for name, text in files_of(entry, around=around).items():
        assert secret not in text, name
        assert name in ("timeline.txt",) or "***" in text, name


def test_what_looks_like_a_key_is_starred_but_in_the_reply() -> None:
    key = "ABCDEFGHIJ0123456789"
    entry = failed(f'{{"disk": "{key}"}}'.encode())
    entry = replace(entry, watch=replace(entry.watch, note=key))
    files = files_of(entry)
    assert key in files[REPLY]
    assert key not in files["about.txt"]


def test_a_label_chooses_no_path() -> None:
    entry = Entry(Watch(JOB, "prod", "../../etc/passwd"))
    assert bundle_name(entry) == f"ims-tui-{JOB}.zip" == bundle_name(Entry(watch()))
