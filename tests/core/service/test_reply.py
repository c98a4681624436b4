"""HTTP replies to outcomes: every documented answer and what stands before it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.envelope import mask_keys, read_error
from ims_tui.core.service.oddity import OddityKind
from ims_tui.core.service.outcome import FailureKind, PollFailed, PollOk
from ims_tui.core.service.reply import (
    MAX_BODY,
    MAX_CAUSE,
    MAX_KEPT,
    parse_date,
    parse_reply,
)
from tests.core.samples import JOB_ID, NOW, bad, sample

KEY = "EXAMPLEACCESSKEY0001"


def gateway(code: str, message: str = "said the gateway") -> bytes:
    """An error body of the API gateway."""
    return json.dumps(
        {"error_msg": message, "error_code": code, "request_id": "0" * 32}
    ).encode()


def ims(code: str, message: str = "said the service") -> bytes:
    """An error body of the image service."""
    return json.dumps({"error": {"message": message, "code": code}}).encode()


def test_what_is_kept_of_a_good_reply() -> None:
    headers = {"date": "Mon, 04 May 2026 08:01:00 GMT", "x-request-id": "r\x1b1"}
    body = sample("running.json")
    outcome = parse_reply(200, headers, body, JOB_ID, now=NOW, latency_s=0.25)
    assert isinstance(outcome, PollOk)
    assert outcome.exchange.http_status == 200
    assert outcome.exchange.body == body
    assert outcome.exchange.date == datetime(2026, 5, 4, 8, 1, tzinfo=UTC)
    assert outcome.exchange.request_id == r"r\x1b1"
    assert outcome.exchange.latency_s == 0.25


@pytest.mark.parametrize(
    ("code", "message", "body"),
    [
        ("IMG.0024", "bad image type", ims("IMG.0024", "bad image type")),
        ("APIGW.0201", "too large", gateway("APIGW.0201", "too large")),
        (
            "",
            "The password is wrong.",
            b'{"error": {"code": 401, "message": "The password is wrong."}}',
        ),
        (
            "PAP.1",
            "denied",
            b'{"error_code": "PAP.1", "error_msg": "denied",'
            b' "encoded_authorization_message": "aGVsbG8"}',
        ),
        ("", "502 Bad Gateway", sample("bad-gateway.html")),
        ("", "upstream gone", b"upstream\r\n  gone\n"),
        ("E.1", "camel", b'{"errorCode": "E.1", "errorMsg": "camel"}'),
        ("", "Unauthorized.", b'{"unauthorized": {"message": "Unauthorized."}}'),
        ("APIGW.0301", "", b'{"error_code": "APIGW.0301"}'),
        ("E.1", "listed", b'{"errors": [{"code": "E.1", "message": "listed"}]}'),
        ("E.1", "bare", b'[{"code": "E.1", "message": "bare"}]'),
        ("", '{"error": "closed"}', b'{"error": "closed"}'),
        ("", '{"error_msg": "cut o', b'{"error_msg": "cut o'),
        ("", "a b", b"<p>a<script>alert(1)</script>b<style>x</style></p>"),
        ("", r"\x1f\x8b\x08\xff", b"\x1f\x8b\x08\xff"),
        ("", "", b""),
    ],
)
def test_every_envelope_is_read(code: str, message: str, body: bytes) -> None:
    assert read_error(body) == (code, message)
    failed = bad(400, body)
    assert failed.code == code
    assert failed.cause == " ".join(filter(None, ("HTTP 400", code, message)))


@pytest.mark.parametrize(
    ("http_status", "body", "kind"),
    [
        (400, ims("IMG.0024"), FailureKind.REQUEST_REFUSED),
        (400, ims("IMG.0023"), FailureKind.NOT_KNOWN),
        (400, ims("IMG.0026"), FailureKind.ACCESS_DENIED),
        (403, ims("IMG.0026"), FailureKind.ACCESS_DENIED),
        (400, ims("IMG.0030"), FailureKind.AUTH_REJECTED),
        (400, ims("IMG.0087"), FailureKind.AUTH_REJECTED),
        (400, b"", FailureKind.REQUEST_REFUSED),
        (401, b"", FailureKind.AUTH_REJECTED),
        (401, gateway("APIGW.0301"), FailureKind.AUTH_REJECTED),
        (401, gateway("APIG.0301"), FailureKind.AUTH_REJECTED),
        (401, gateway("APIGW.0305"), FailureKind.AUTH_REJECTED),
        (401, gateway("APIGW.0307"), FailureKind.AUTH_REJECTED),
        (400, b'{"message": "Token need to refresh"}', FailureKind.AUTH_REJECTED),
        (500, b'{"message": "Token need to refresh"}', FailureKind.AUTH_REJECTED),
        (403, b"", FailureKind.ACCESS_DENIED),
        *(
            (403, gateway(f"APIGW.{code}"), FailureKind.ACCESS_DENIED)
            for code in ("0302", "0306", "0310", "0401", "0402", "0802", "0999")
        ),
        (404, b"", FailureKind.NOT_KNOWN),
        (404, ims("IMG.0099"), FailureKind.NOT_KNOWN),
        (404, sample("bad-gateway.html"), FailureKind.NOT_KNOWN),
        (404, gateway("APIGW.0101"), FailureKind.WRONG_ENDPOINT),
        (404, gateway("APIG.0101"), FailureKind.WRONG_ENDPOINT),
        (404, gateway("APIGW.0103"), FailureKind.REQUEST_REFUSED),
        (500, gateway("APIGW.0103"), FailureKind.SERVER_FAULT),
        *(
            (http_status, gateway("APIGW.0201"), FailureKind.REQUEST_REFUSED)
            for http_status in (400, 413, 414, 494)
        ),
        *(
            (http_status, gateway("APIGW.0201"), FailureKind.SERVER_FAULT)
            for http_status in (500, 502, 504)
        ),
        (408, b"", FailureKind.SERVER_FAULT),
        (429, b"", FailureKind.THROTTLED),
        (429, gateway("APIGW.0308"), FailureKind.THROTTLED),
        (503, gateway("APIGW.0308"), FailureKind.THROTTLED),
        (
            429,
            b'{"error": {"code": "IAM.0012", "message": "x"}}',
            FailureKind.THROTTLED,
        ),
        (500, gateway("APIGW.0601"), FailureKind.SERVER_FAULT),
        (502, sample("bad-gateway.html"), FailureKind.SERVER_FAULT),
        (503, gateway("APIGW.0613"), FailureKind.SERVER_FAULT),
        (504, b"", FailureKind.SERVER_FAULT),
        (302, b"", FailureKind.WRONG_ENDPOINT),
        (204, b"", FailureKind.NOT_UNDERSTOOD),
    ],
)
def test_failure_kinds(http_status: int, body: bytes, kind: FailureKind) -> None:
    assert bad(http_status, body).kind is kind


@pytest.mark.parametrize(
    ("body", "kind", "cause"),
    [
        (b"", FailureKind.NOT_KNOWN, "empty reply"),
        (b" \r\n", FailureKind.NOT_KNOWN, "empty reply"),
        (b"{}", FailureKind.NOT_KNOWN, "reply without a status"),
        (
            b'{"job_id": "x", "status": "", "job_type": null, "entities": {}}',
            FailureKind.NOT_KNOWN,
            "reply without a status",
        ),
        (
            b'{"job_type": "imsImportImageJob", "status": null}',
            FailureKind.NOT_UNDERSTOOD,
            "reply without a status",
        ),
        (
            sample("missing-comma.json"),
            FailureKind.NOT_UNDERSTOOD,
            "not JSON: Expecting ',' delimiter at line 5 column 9",
        ),
        (
            sample("running.json")[:200],
            FailureKind.NOT_UNDERSTOOD,
            "not JSON: JSON ends early at character 197",
        ),
        (
            sample("bad-gateway.html"),
            FailureKind.NOT_UNDERSTOOD,
            "HTML, not JSON",
        ),
        (
            b"login please",
            FailureKind.NOT_UNDERSTOOD,
            "not JSON: Expecting value at line 1 column 1",
        ),
        (b"[]", FailureKind.NOT_UNDERSTOOD, "JSON, but an array"),
        (b"null", FailureKind.NOT_UNDERSTOOD, "JSON, but a bare value"),
        (
            ims("IMG.0061", "unknown"),
            FailureKind.NOT_UNDERSTOOD,
            "error with HTTP 200: IMG.0061 unknown",
        ),
        (
            ims("IMG.0023", "no such job"),
            FailureKind.NOT_KNOWN,
            "error with HTTP 200: IMG.0023 no such job",
        ),
        (
            b'{"message": "Token need to refresh"}',
            FailureKind.AUTH_REJECTED,
            "error with HTTP 200: Token need to refresh",
        ),
        (
            sample("success-parent.json"),
            FailureKind.NOT_UNDERSTOOD,
            "the reply is about job 9a175ac79d2a54ad019df20050660006",
        ),
        (
            b'{"status": "RUNNING", "job_id": 12}',
            FailureKind.NOT_UNDERSTOOD,
            "the reply is about job 12",
        ),
        (
            b" " * MAX_BODY + b"{}",
            FailureKind.NOT_UNDERSTOOD,
            "a reply of more than 2 MiB",
        ),
        (
            b'{"status": "RUNNING", "x": [' + b"{}," * 60_000 + b"{}]}",
            FailureKind.NOT_UNDERSTOOD,
            "a reply of more than 50,000 values",
        ),
    ],
)
def test_http_200_that_is_no_job(body: bytes, kind: FailureKind, cause: str) -> None:
    failed = bad(200, body)
    assert (failed.kind, failed.cause) == (kind, cause)


@pytest.mark.parametrize(
    "stated", [f" {JOB_ID.upper()}", str(UUID(JOB_ID)), str(UUID(JOB_ID)).upper()]
)
def test_another_form_of_an_id_is_the_same_job(stated: str) -> None:
    body = json.dumps({"status": "RUNNING", "job_id": stated}).encode()
    outcome = parse_reply(200, {}, body, JOB_ID, now=NOW)
    assert isinstance(outcome, PollOk)
    assert outcome.job.job_id == JOB_ID


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("policy user over ratelimit,limit:200,time:5 minute", (200, 300.0)),
        ("limit: 10, time: 1 second", (10, 1.0)),
        ("LIMIT:3,TIME:2 Hours", (3, 7200.0)),
        ("limit:1000,time:1 day", (1000, 86400.0)),
        ("limit:0,time:5 minute", None),
        ("limit:200,time:0 minute", None),
        (f"limit:{'9' * 400},time:1 minute", None),
        ("slow down", None),
    ],
)
def test_the_limit_a_429_names(message: str, limit: tuple[int, float] | None) -> None:
    assert bad(429, gateway("APIGW.0308", message)).limit == limit
    assert bad(503, gateway("APIGW.0613", message)).limit is None


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 500, 86400.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 23 Nov 2036 12:00:00 GMT", 86400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after(text: str, wait_s: float | None) -> None:
    assert bad(503, b"", {"retry-after": text}).retry_after_s == wait_s


def test_retry_after_counts_on_the_clock_of_the_service() -> None:
    headers = {
        "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT",
        "date": "Mon, 23 Nov 2026 12:00:20 GMT",
    }
    assert bad(429, b"", headers).retry_after_s == 10.0


@pytest.mark.parametrize(
    "text",
    ["", "now", "Mon, 32 Jan 2026 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"],
)
def test_impossible_dates_are_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_dates_as_servers_write_them(at: datetime) -> None:
    assert parse_date(format_datetime(at, usegmt=True)) == at.replace(microsecond=0)


@pytest.mark.parametrize("year", [1, 1969, 2024, 2028, 2999, 9999])
@pytest.mark.parametrize("http_status", [200, 503])
def test_a_date_far_from_our_clock_is_not_used(year: int, http_status: int) -> None:
    text = format_datetime(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC), usegmt=True)
    outcome = parse_reply(
        http_status,
        {"date": text},
        sample("running.json"),
        JOB_ID,
        now=NOW,
    )
    assert isinstance(outcome, PollOk) is (http_status == 200)
    assert outcome.exchange is not None
    assert outcome.exchange.date is None
    if isinstance(outcome, PollOk):
        (odd,) = outcome.job.oddities
        assert (odd.kind, odd.value) == (
            OddityKind.DATE_NOT_BELIEVED,
            f"{year:04}-12-31",
        )


@given(st.timedeltas(-timedelta(days=366), timedelta(days=366)))
def test_a_clock_of_ours_that_is_wrong_by_less_than_a_year_is_mended(
    off: timedelta,
) -> None:
    date = (NOW + off).replace(microsecond=0)
    headers = {"date": format_datetime(date, usegmt=True)}
    outcome = parse_reply(200, headers, sample("running.json"), JOB_ID, now=NOW)
    assert outcome.exchange is not None
    assert outcome.exchange.date == date


def test_dates_without_a_zone_are_utc() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert parse_date("Mon, 23 Nov 2026 12:00:00 -0000") == noon


@pytest.mark.parametrize(
    "body",
    [
        gateway("APIGW.0301", f"Incorrect IAM information: ak {KEY} not exist"),
        gateway("APIGW.0301", f"Access={KEY}, SignedHeaders=host"),
        f"ak {KEY} not exist".encode(),
        f"<title>{KEY}</title>".encode(),
        f'{{"message": "é{KEY}"}}'.encode(),
    ],
)
@pytest.mark.parametrize("http_status", [401, 403, 400, 429, 500])
def test_an_echoed_access_key_is_masked(http_status: int, body: bytes) -> None:
    failed = bad(http_status, body)
    assert failed.exchange is not None
    assert KEY not in failed.cause
    assert KEY.encode() not in failed.exchange.body
    assert "EX***" in failed.cause


def test_an_access_key_in_an_error_with_http_200_is_masked() -> None:
    failed = bad(200, gateway("APIGW.0301", f"ak {KEY} not exist"))
    assert failed.kind is FailureKind.AUTH_REJECTED
    assert failed.exchange is not None
    assert KEY.encode() not in failed.exchange.body
    assert KEY not in failed.cause


def test_an_escaped_access_key_is_masked_in_the_cause() -> None:
    body = gateway("APIGW.0301", f"ak {KEY} not exist").replace(b"EX", b"\\u0045X")
    assert KEY not in bad(401, body).cause


def test_only_keys_are_masked() -> None:
    body = gateway("APIGW.0301", "verify aksk signature fail")
    assert mask_keys(body) == body
    assert (
        mask_keys("Schlüssel ABCDEFGHIJKLMNOPQRST".encode())
        == "Schlüssel AB***".encode()
    )
    assert mask_keys(bytes(range(128, 256))) == bytes(range(128, 256))


def test_a_redirect_is_named_and_not_followed() -> None:
    failed = bad(302, b"", {"location": "https://login.example/\x1b[2J"})
    assert failed.cause == r"HTTP 302 to https://login.example/\x1b[2J, not followed"
    assert len(bad(302, b"", {"location": "x" * 9000}).cause) <= MAX_CAUSE


def test_causes_are_one_short_line() -> None:
    for body in (gateway("APIGW.0201", "数\n" * 5000), b"word " * 5000):
        failed = bad(500, body)
        assert len(failed.cause) <= MAX_CAUSE
        assert "\n" not in failed.cause


def test_a_long_cause_is_cut_behind_a_word_and_says_so() -> None:
    said = (
        "The request was throttled: policy user over ratelimit,limit:200,time:1 minute"
    )
    failed = bad(200, ims("APIGW.0999", f"{said}, and more is said of it than fits"))
    words = f"{said}, and more is said of it than fits".split(" ")
    assert failed.why.endswith("..")
    assert failed.why.removesuffix("..").split(" ")[-1] in words


def test_a_long_body_is_cut() -> None:
    for http_status, body in (
        (500, b"x" * (2 * MAX_KEPT)),
        (200, b'{"status": "RUNNING", "a": "' + b"x" * 10_000_000 + b'"}'),
    ):
        outcome = parse_reply(http_status, {}, body, JOB_ID, now=NOW)
        assert outcome.exchange is not None
        assert outcome.exchange.body == body[:MAX_KEPT]


def test_the_request_id_of_the_sign_in_service_counts_too() -> None:
    outcome = parse_reply(401, {"x-iam-trace-id": "t-1"}, b"", JOB_ID, now=NOW)
    assert isinstance(outcome, PollFailed)
    assert outcome.exchange is not None
    assert outcome.exchange.request_id == "t-1"


def test_a_pause_and_a_proxy_say_what_helps() -> None:
    assert "poll.budget" in bad(429).remedy
    assert "HTTPS_PROXY" in bad(407).remedy
