"""What is said while nothing changes."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from datetime import timedelta

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.reporter import SIGN_OF_LIFE_S, Bars, Reporter
from ims_tui.core.moment import ServiceClock
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import FAIL, RUNNING, SUCCESS, ending, id_of, job, moment, seen


def signs_of_life(entry: Entry, health: Health) -> list[str]:
    """What a minute of silence brings."""
    call = Call(
        Namespace(quiet=False, ascii=True, color="never"),
        {},
        io.StringIO(),
        io.StringIO(),
        io.StringIO(),
    )
    reporter = Reporter(call, progress="lines", jsonl=False, lines_to=call.out)
    for at_s in (0.0, SIGN_OF_LIFE_S - 1, SIGN_OF_LIFE_S, SIGN_OF_LIFE_S + 1):
        reporter.tell({entry.key: entry}, {"default": health}, (), moment(at_s))
    assert isinstance(call.err, io.StringIO)
    return call.err.getvalue().splitlines()


def test_a_sign_of_life_once_a_minute_says_how_old_the_last_reply_is() -> None:
    going = replace(Entry(Watch(id_of(1))), reply=job(1, RUNNING), seen=moment(0))
    (line,) = signs_of_life(going, Health("default", Link.LIVE))
    assert line.endswith("; last reply 1m ago")


def test_it_says_why_there_is_no_answer() -> None:
    html = PollFailed(FailureKind.NOT_UNDERSTOOD, "HTML, not JSON")
    failing = replace(Entry(Watch(id_of(1))), failure=html, failing_since=moment(0))
    (line,) = signs_of_life(failing, Health("default", Link.LIVE))
    assert line.endswith("; no reply yet; The reply is not understood: HTML, not JSON")
    away = PollFailed(FailureKind.UNREACHABLE, "connection refused")
    offline = Health("default", Link.OFFLINE, away, since=moment(0))
    (line,) = signs_of_life(Entry(Watch(id_of(1))), offline)
    assert line.endswith("; no reply yet; No answer: connection refused")


def test_a_sign_of_life_says_when_all_are_done() -> None:
    err = io.StringIO()
    args = Namespace(ascii=True, quiet=False, color="never")
    call = Call(args, {}, io.StringIO(), io.StringIO(), err)
    reporter = Reporter(call, progress="lines", jsonl=False, lines_to=err)
    going = ending(seen(job()), 720)
    for at_s in (10.0, 11.0 + SIGN_OF_LIFE_S):
        reporter.tell({going.key: going}, {}, (), moment(at_s))
    last = err.getvalue().splitlines()[-1]
    assert "1 run; last reply" in last
    assert "; all done ~" in last


def test_the_elapsed_time_never_steps_back_when_a_clock_is_corrected() -> None:
    out = io.StringIO()
    args = Namespace(ascii=True, quiet=False, color="never")
    call = Call(args, {}, io.StringIO(), out, io.StringIO())
    reporter = Reporter(call, progress="none", jsonl=True, lines_to=out)
    for at_s, ratio, off_s in ((60.0, 0.1, 0.0), (60.1, 0.2, -0.3), (61.0, 0.3, -0.3)):
        clock = ServiceClock(moment(off_s).wall - timedelta(seconds=moment(0).mono_s))
        entry = seen(job(1, RUNNING, ratio=ratio))
        health = {entry.watch.lane: Health(entry.watch.lane, Link.LIVE, clock=clock)}
        reporter.tell({entry.key: entry}, health, (), moment(at_s))
    told = [json.loads(line)["elapsed_s"] for line in out.getvalue().splitlines()]
    assert told[1] == told[0]
    assert told[2] == round(told[0] + 0.7, 3)


def batch() -> dict[JobKey, Entry]:
    going = ending(seen(job(1), 1), 720)
    ended = [
        seen(job(n, status, end_s=5), n) for n, status in ((2, SUCCESS), (3, FAIL))
    ]
    return {entry.key: entry for entry in (going, *ended)}


def test_of_a_batch_it_says_how_that_stands_also_at_the_end() -> None:
    err = io.StringIO()
    args = Namespace(ascii=True, quiet=False, color="never", utc=True)
    call = Call(args, {}, io.StringIO(), io.StringIO(), err)
    reporter = Reporter(call, progress="lines", jsonl=False, lines_to=err, tag="weekly")
    for at_s in (10.0, 11.0 + SIGN_OF_LIFE_S):
        reporter.tell(batch(), {}, (), moment(at_s))
    said = "weekly: 1 of 3 done, 1 failed, 1 active, all done ~12:12"
    assert f" {said}; last reply" in err.getvalue().splitlines()[-1]
    reporter.sum_up()
    assert err.getvalue().splitlines()[-1].endswith(said)


def test_the_bars_of_a_batch_stand_below_it_the_worst_first() -> None:
    lines = Bars(io.StringIO(), colour=False, tag="weekly").lines(
        list(batch().values()), View(moment(20)), 79, 24
    )
    assert lines[0] == "weekly: 1 of 3 done, 1 failed, 1 active, all done ~12:12"
    words = [next(w for w in ("RUN", "OK", "FAIL") if w in line) for line in lines[1:]]
    assert words == ["FAIL", "RUN", "OK"]
