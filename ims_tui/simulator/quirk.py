"""What is wrong with the replies of single jobs, applied to right ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ims_tui.core.service.job import UNPAID
from ims_tui.simulator.plan import Quirk

Body = dict[str, Any]

WINDOW_S = 120.0
"""Quirks that come and go do so in windows of this length."""


def reshape(quirk: Quirk | None, body: Body, elapsed_s: float) -> Body:
    """The reply as this quirk lets it out."""
    change = _CHANGES.get(quirk) if quirk else None
    return change(body, elapsed_s) if change else body


def encode(quirk: Quirk | None, body: Body, elapsed_s: float) -> bytes:
    """The reply's bytes: UTF-8, with lone surrogates as JSON escapes."""
    text = json.dumps(body, ensure_ascii=False)
    if quirk is Quirk.TRAILING_COMMA and body["entities"]:
        text = text.removesuffix("}}") + ",}}"
    if quirk is Quirk.CUT_OFF and _in_odd_window(elapsed_s):
        text = text[: len(text) * 2 // 3]
    return text.encode("utf-8", "backslashreplace")


def _in_odd_window(elapsed_s: float) -> bool:
    return elapsed_s // WINDOW_S % 2 == 1


def _entities(body: Body, **changes: object) -> Body:
    return {**body, "entities": {**body["entities"], **changes}}


def _early_success(body: Body, _: float) -> Body:
    if body["status"] != "RUNNING":
        return body
    step = "ImportImageTask:ObtainImageInfoTask"
    early = {**body, "status": "SUCCESS"}
    return _entities(early, process_percent=0.24, current_task=step)


def _falling_percent(body: Body, elapsed_s: float) -> Body:
    percent = body["entities"].get("process_percent")
    if body["status"] != "RUNNING" or not _in_odd_window(elapsed_s):
        return body
    return _entities(body, process_percent=max(0, round(percent - 0.17, 2)))


def _with_status(body: Body, word: str) -> Body:
    return {**body, "status": word} if body["status"] == "RUNNING" else body


def _percent_as_text(body: Body, _: float) -> Body:
    percent = body["entities"].get("process_percent", "")
    return _entities(body, process_percent=str(percent))


def _percent_nan(body: Body, _: float) -> Body:
    if body["status"] != "RUNNING":
        return body
    return _entities(body, process_percent=float("nan"))


def _nulls(body: Body, _: float) -> Body:
    if body["status"] != "INIT":
        return body
    return {**body, "begin_time": None, "end_time": None, "entities": None}


def _missing_keys(body: Body, _: float) -> Body:
    kept = {k: v for k, v in body.items() if k not in ("error_code", "fail_reason")}
    name = body["entities"].get("image_name")
    return {**kept, "entities": {"image_name": name} if name else {}}


def _extra_keys(body: Body, _: float) -> Body:
    return _entities(
        body,
        __data_images="e9e91bff-14b6-4a0b-8377-4ed0813e3360",
        vendor_extension={"stages": [{"name": "pack", "done": True}, None, 3.5]},
        alarm_code="",
    )


def _no_reason(body: Body, _: float = 0.0) -> Body:
    return {**body, "error_code": None, "fail_reason": None}


def _reason_in_entities(body: Body, _: float) -> Body:
    if body["status"] != "FAIL":
        return body
    moved = _entities(body, error_code=body["error_code"], error=body["fail_reason"])
    return _no_reason(moved)


_CHANGES: dict[Quirk, Callable[[Body, float], Body]] = {
    Quirk.EARLY_SUCCESS: _early_success,
    Quirk.FALLING_PERCENT: _falling_percent,
    Quirk.UNKNOWN_STATUS: lambda body, _: _with_status(body, "SUSPENDED"),
    Quirk.UNPAID: lambda body, _: _with_status(body, UNPAID),
    Quirk.PERCENT_AS_TEXT: _percent_as_text,
    Quirk.PERCENT_NAN: _percent_nan,
    Quirk.FOREIGN_ID: lambda body, _: {**body, "job_id": body["job_id"][::-1]},
    Quirk.NULLS: _nulls,
    Quirk.MISSING_KEYS: _missing_keys,
    Quirk.EXTRA_KEYS: _extra_keys,
    Quirk.NO_END_TIME: lambda body, _: {**body, "end_time": ""},
    Quirk.NO_REASON: _no_reason,
    Quirk.REASON_IN_ENTITIES: _reason_in_entities,
}
