"""A field of the reply that is declared once is shown, kept and exported."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from ims_tui.core.moment import Moment
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.service.replyfield import REPLY_FIELDS, ReplyField
from ims_tui.core.show import export
from ims_tui.core.show.detail import summary
from ims_tui.core.show.view import View
from ims_tui.core.state.archive_row import archived, as_row
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import Watch
from tests.core.samples import JOB_ID, NOW

VIEW = View(Moment(NOW, 1000.0))
ALL = {known.name: f"{known.name}-1" for known in REPLY_FIELDS}


def entry(entities: Mapping[str, object]) -> Entry:
    reply = {"job_id": JOB_ID, "status": "SUCCESS", "entities": entities}
    outcome = parse_reply(200, {}, json.dumps(reply).encode(), JOB_ID, now=NOW)
    return after_poll(Entry(Watch(JOB_ID, "prod")), outcome, VIEW.now, NOW)


def facts(found: Entry) -> list[str]:
    lines = summary(found, VIEW, 100, None)
    return ["".join(cell.text for cell in line) for line in lines]


@pytest.mark.parametrize("known", REPLY_FIELDS, ids=lambda known: known.name)
def test_a_declared_field_is_shown_kept_and_exported(
    known: ReplyField,
) -> None:
    hostile = "f3a\x1b[31m-1"
    found, safe = entry({known.name: hostile}), printable(hostile)
    assert safe != hostile
    kept = as_row(archived(found, NOW).row.line)
    for one in (found, kept):
        assert any(line.split() == [known.title, safe] for line in facts(one))
        assert export.entry_json(one, VIEW)[known.name] == safe
    assert export.entry_json(entry({}), VIEW)[known.name] is None


def test_what_only_a_sub_job_has_is_the_jobs_too() -> None:
    parts = [{"status": "SUCCESS", "entities": {}}, {"status": "FAIL", "entities": ALL}]
    found = entry({"sub_jobs": parts}).job
    assert found is not None
    assert found.facts == ALL


@pytest.mark.parametrize("said", ["", None, 7, [], {"a": "b"}])
def test_a_field_that_is_no_text_or_empty_does_no_harm(said: object) -> None:
    found = entry(dict.fromkeys(ALL, said))
    assert as_row(archived(found, NOW).row.line).job is not None
    assert facts(found)


def test_what_an_archived_line_says_of_other_fields_is_left_out() -> None:
    row = archived(entry(ALL), NOW).row
    line = json.loads(row.line)
    line["job"]["facts"] = {**ALL, "unheard_of": "x"}
    back = as_row(json.dumps(line)).job
    assert back is not None
    assert back.facts == ALL
    line["job"]["facts"] = ["no", "table"]
    assert as_row(json.dumps(line)).key == row.key
