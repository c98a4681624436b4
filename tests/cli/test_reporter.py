"""What is told while jobs are polled."""

from __future__ import annotations

import io
from argparse import Namespace

from ims_tui.cli.call import Call
from ims_tui.cli.reporter import SIGN_OF_LIFE_S, Reporter
from tests.core.entries import ending, job, moment, seen


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
