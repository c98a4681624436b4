"""Every JSON document of ims-tui as JSON Schema, a line for each member.

What makes a document stands where its facts are; the tests hold both together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ims_tui.core.config.schema import DIALECT
from ims_tui.core.headless.changes import OF_SERVICE, ChangeKind
from ims_tui.core.headless.diagnosis import Severity
from ims_tui.core.notices.news import LEVELS, Level
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.service.replyfield import REPLY_FIELDS

Kind = Mapping[str, object]
"""What a value may be, as JSON Schema."""


def _said(kind: Kind, words: str) -> Kind:
    return {**kind, "description": words}


def _or_null(kind: Kind) -> Kind:
    if "$ref" in kind:
        return {"anyOf": [kind, {"type": "null"}]}
    return {**kind, "type": [kind["type"], "null"]}


def _list(items: Kind) -> Kind:
    return {"type": "array", "items": items}


def _object(members: Mapping[str, Kind], optional: Collection[str] = ()) -> Kind:
    required = [name for name in members if name not in optional]
    return {"type": "object", "required": required, "properties": members}


def _ref(name: str) -> Kind:
    return {"$ref": f"#/$defs/{name}"}


def _document(
    words: str, members: Mapping[str, Kind], optional: Collection[str] = ()
) -> Kind:
    whole = {"schema": {"const": JSON_SCHEMA}, **members}
    return _said(_object(whole, optional), words)


def _words(known: Iterable[str]) -> Kind:
    return _said(TEXT, f"{', '.join(known)}; more may come.")


TEXT: Kind = {"type": "string"}
TIME: Kind = {"type": "string", "format": "date-time"}
FLAG: Kind = {"type": "boolean"}
NUMBER: Kind = {"type": "number"}
COUNT: Kind = {"type": "integer"}
RATIO: Kind = {**NUMBER, "minimum": 0, "maximum": 1}
MAYBE_TEXT, MAYBE_TIME = _or_null(TEXT), _or_null(TIME)
MAYBE_FLAG, MAYBE_NUMBER = _or_null(FLAG), _or_null(NUMBER)

_BY_LANGUAGE = _or_null(_object({"en": TEXT, "zh": TEXT}))
_MEANING = _said(
    _BY_LANGUAGE, "What the error means, by language; null where that is not known."
)
_TRY = _said(_BY_LANGUAGE, "What helps, by language; null where that is not known.")
_STATED = _said(MAYBE_TIME, "As the service states it, ISO 8601 in UTC.")
_EXPECTED_END = _said(
    MAYBE_TIME, "When it is expected to end; null where that is not known."
)

_JOB = {
    "job_id": _said(TEXT, "Id of the job."),
    "job_type": _said(
        MAYBE_TEXT, "The service's name of the type; null before the first reply."
    ),
    "status": _said(
        MAYBE_TEXT,
        "INIT, RUNNING, SUCCESS, FAIL, or another word of the service; null before "
        "the first reply.",
    ),
    "begin_time": _STATED,
    "end_time": _STATED,
    "error_code": _said(MAYBE_TEXT, "Such as IMG.0057; null where there is none."),
    "fail_reason": _said(MAYBE_TEXT, "The service's own words."),
    "meaning": _MEANING,
    "try": _TRY,
    "entities": _said({"type": "object"}, "As received."),
    "image_id": _said(
        MAYBE_TEXT, "Id of the image that was made; null where the reply names none."
    ),
    **{
        known.name: _said(
            MAYBE_TEXT,
            f"Id of the {known.title.lower()} the job is about; null where the reply "
            "names none.",
        )
        for known in REPLY_FIELDS
    },
    "label": MAYBE_TEXT,
    "tags": _list(TEXT),
    "note": MAYBE_TEXT,
    "profile": TEXT,
    "service": _said({"enum": [str(s) for s in JobService]}, "Whose job it is."),
    "process_percent": _said(_or_null(RATIO), "A ratio."),
    "current_task": _said(MAYBE_TEXT, "The step, as received."),
    "elapsed_s": _said(
        {**MAYBE_NUMBER, "minimum": 0}, "Seconds since the job began, or that it took."
    ),
    "remaining_s": _said(MAYBE_NUMBER, "Estimated seconds to the end."),
    "expected_end": _EXPECTED_END,
    "stalled": _said(FLAG, "Whether it has not moved for longer than is usual."),
    "seen_at": _said(MAYBE_TIME, "When these values were true."),
    "detection_latency_s": _said(
        MAYBE_NUMBER, "Seconds from the end of the job to the moment it was known here."
    ),
    "raw_status": _said(MAYBE_TEXT, "The status word as received."),
    "begin_time_offset_s": _said(
        COUNT, "Seconds by which begin_time is ahead of the time inside the id."
    ),
    "error": _said(
        _or_null(_ref("error")),
        "Why there is no news of the job; null where the last request brought a reply.",
    ),
    "attention": _said(
        FLAG,
        "Whether a person is needed: failed and not acknowledged, stalled, gone, "
        "refused, or a failed sub-job.",
    ),
    "muted": FLAG,
    "acknowledged": _said(
        MAYBE_FLAG, "Whether the result was looked at; null before the end."
    ),
    "added_at": MAYBE_TIME,
}
_ERROR = {
    "kind": _words(["never_asked", "gone", *FailureKind]),
    "message": _said(TEXT, "One sentence."),
    "code": _said(MAYBE_TEXT, "The service's own code, such as APIGW.0301."),
    "since": MAYBE_TIME,
}
_EVENT = {
    "ts": TIME,
    "event": _words(ChangeKind),
    "job_id": TEXT,
    "label": MAYBE_TEXT,
    "profile": TEXT,
    "job_type": MAYBE_TEXT,
    "initial": _said(FLAG, "Whether it was so before the program looked."),
    "from": _said(MAYBE_TEXT, "Status before; null at the first sight."),
    "to": MAYBE_TEXT,
    "percent": _or_null(RATIO),
    "step": MAYBE_TEXT,
    "error_code": MAYBE_TEXT,
    "cause": _said(
        MAYBE_TEXT, "Why the last poll brought nothing; null where it was good."
    ),
    "fail_reason": MAYBE_TEXT,
    "meaning": _MEANING,
    "try": _TRY,
    "elapsed_s": MAYBE_NUMBER,
    "remaining_s": MAYBE_NUMBER,
    "expected_end": _EXPECTED_END,
    "latency_s": MAYBE_NUMBER,
}
_SERVICE_EVENT = {
    "ts": TIME,
    "event": _words(sorted(OF_SERVICE)),
    "profile": TEXT,
    "detail": TEXT,
}
_OUTAGE = {
    "profile": TEXT,
    "since": TIME,
    "until": _said(
        TIME, "The answer that ended it, else the last request without one."
    ),
    "over": _said(FLAG, "Whether an answer ended it."),
    "cause": MAYBE_TEXT,
}
_TOLD = {"channel": TEXT, "event": TEXT, "count": {**COUNT, "minimum": 1}}
_DIGEST = {
    "since": TIME,
    **dict.fromkeys(("failed", "succeeded", "running", "no_reply"), _list(_ref("job"))),
    "outages": _said(
        _list(_object(_OUTAGE)), "Where and when a profile got no usable answer."
    ),
    "told": _said(
        _list(_object(_TOLD)), "How many events of a kind each channel was told."
    ),
}
_FINDING = {
    "level": _words(severity.value.lower() for severity in Severity),
    "subject": TEXT,
    "text": TEXT,
    "remedy": _said(MAYBE_TEXT, "What helps."),
}
_AUTH_STATUS = {
    "profile": TEXT,
    "region": MAYBE_TEXT,
    "endpoint": MAYBE_TEXT,
    "cloud_note": MAYBE_TEXT,
    "scheme": _said(
        MAYBE_TEXT, "token, password, aksk, command; null without a credential."
    ),
    "source": _said(MAYBE_TEXT, "Where the credential is from."),
    "why": MAYBE_TEXT,
    "remedy": MAYBE_TEXT,
    "expires_at": MAYBE_TIME,
    "problem": MAYBE_TEXT,
    "passed_over": _list(_object({"source": TEXT, "reason": TEXT})),
}
_AUTH_CHECK = {
    "profile": TEXT,
    "ok": FLAG,
    "problem": _said(MAYBE_TEXT, "A kind of failure, as error.kind of a job."),
    "cause": MAYBE_TEXT,
    "remedy": MAYBE_TEXT,
    "service_says": MAYBE_TEXT,
    "error_code": MAYBE_TEXT,
    "scheme": MAYBE_TEXT,
    "source": MAYBE_TEXT,
    "account": MAYBE_TEXT,
    "project": MAYBE_TEXT,
    "project_id": MAYBE_TEXT,
    "expires_at": MAYBE_TIME,
    "renews": MAYBE_FLAG,
    "clock_offset_s": MAYBE_NUMBER,
    "call": MAYBE_TEXT,
}
_SETTING = {
    "key": TEXT,
    "value": _said({}, "As config.toml has it."),
    "source": TEXT,
}
_PROBLEM = {
    "key": TEXT,
    "source": TEXT,
    "line": {**_or_null(COUNT), "minimum": 1},
    "text": TEXT,
}
_PROBLEMS = _list(_object(_PROBLEM))
_NEWS = {
    "ts": TIME,
    "event": {"enum": list(LEVELS)},
    "profile": MAYBE_TEXT,
    "text": TEXT,
    "meaning": MAYBE_TEXT,
    "try": MAYBE_TEXT,
    "job": _or_null(_ref("job")),
}

_DOCUMENTS = {
    "list": _document("list --json", {"jobs": _list(_ref("job"))}),
    "one": {**_document("get --json", {}), "allOf": [_ref("job")]},
    "wait": {
        **_said(
            _object({"exit_code": _said(COUNT, "What the process ends with.")}),
            "wait --json",
        ),
        "allOf": [_ref("list")],
    },
    "event": _document(
        "A line of wait --jsonl, watch --jsonl and events --jsonl about a job.",
        _EVENT,
        optional=("initial", "cause", "meaning", "try"),
    ),
    "service_event": _document(
        "A line of the same about the service or the files.", _SERVICE_EVENT
    ),
    "digest": _document("digest --json.", _DIGEST),
    "doctor": _document(
        "doctor --json.",
        {"failures": {**COUNT, "minimum": 0}, "findings": _list(_object(_FINDING))},
    ),
    "auth_status": _document(
        "auth status --json; no secret is in it.",
        {"profiles": _list(_object(_AUTH_STATUS))},
    ),
    "auth_check": _document(
        "auth check --json; no secret is in it.",
        {"profiles": _list(_object(_AUTH_CHECK))},
    ),
    "config_show": _document(
        "config show --json.",
        {"settings": _list(_object(_SETTING)), "problems": _PROBLEMS},
    ),
    "config_check": _document(
        "config check --json.",
        {
            "file": TEXT,
            "exists": FLAG,
            "ok": _said(FLAG, "Whether nothing is wrong; else the exit code is 7."),
            "problems": _PROBLEMS,
        },
    ),
    "config_path": _document(
        "config path --json.",
        {
            "paths": {
                "type": "object",
                "required": ["config", "watchlist", "state", "log", "themes"],
                "additionalProperties": _object({"path": TEXT, "exists": FLAG}),
            }
        },
    ),
    "news": _document(
        "What a program that is told news gets on its standard input, and each of the "
        "news of a webhook.",
        _NEWS,
        optional=("profile", "meaning", "try", "job"),
    ),
    "webhook": _document(
        "What a channel of kind json posts where it has no template.",
        {
            "title": TEXT,
            "text": TEXT,
            "level": {"enum": [str(level) for level in Level]},
            "news": _list(_ref("news")),
        },
    ),
}

_RULES = (
    f"Within schema {JSON_SCHEMA} nothing is taken away and no meaning changes. What "
    "may be added: members of every object (readers ignore those they do not know), "
    "members of entities, words of status, raw_status, event and error.kind, and whole "
    "kinds of documents. `schema` becomes 3 before anything else changes. Against "
    "schema 1: one number for all of them; null instead of an empty text where nothing "
    "is known; error, image_id, attention, muted, acknowledged, added_at, server_id "
    "and volume_id are new."
)


def documents_schema() -> Kind:
    """The JSON Schema of all documents that commands, hooks and channels write."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:ims-tui:json:{JSON_SCHEMA}",
        "title": f"JSON output of ims-tui, schema {JSON_SCHEMA}",
        "description": _RULES,
        "anyOf": [_ref(name) for name in _DOCUMENTS],
        "$defs": {"job": _object(_JOB), "error": _object(_ERROR), **_DOCUMENTS},
    }
