"""The server's side of request signing, against the official signer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.simulator.account import DEMO
from ims_tui.simulator.message import Request
from ims_tui.simulator.signature import Signature, is_authentic, parse_authorization
from tests.simulator.signer import HOST, signed

VECTOR_KEY = "exampleSecretKeyForTestVectorsOnly0000001"
VECTOR_TIME = datetime(2024, 1, 1, tzinfo=UTC)
JOB = "/v1/cloudimages/job/ff80808280c204e30180d2784c3c0d86"
PROJECT = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12
)


def is_right(request: Request, secret_key: str = DEMO.key.secret_key) -> bool:
    signature = parse_authorization(request.headers["authorization"])
    assert signature is not None
    return is_authentic(request, signature, secret_key, NOW)


@pytest.mark.parametrize(
    ("host", "target", "extra", "digest"),
    [
        (
            HOST,
            JOB,
            {},
            "8d944f7ddda551b153461081f0a7f04ab9d04dbc0ba017185eef6e93aec5634b",
        ),
        (
            HOST,
            JOB,
            {"x-project-id": PROJECT},
            "47c4be9d718c1f0aaf267e799126070c255909399aaf328f63e422428c69e614",
        ),
        (
            "iam.myhuaweicloud.com",
            "/v3/projects?name=cn-north-4",
            {},
            "73cf3ca8ee6bdfd8d49f66ec647f2ba6dbe8c12535865fd1435e0d28e2d8440a",
        ),
    ],
)
def test_published_algorithm_vectors(
    host: str, target: str, extra: dict[str, str], digest: str
) -> None:
    headers = {"host": host, "x-sdk-date": "20240101T000000Z", **extra}
    signature = Signature("EXAMPLEACCESSKEY0001", tuple(sorted(headers)), digest)
    request = Request("GET", target, headers)
    assert is_authentic(request, signature, VECTOR_KEY, VECTOR_TIME)
    assert not is_authentic(request, signature, VECTOR_KEY + "x", VECTOR_TIME)


@settings(max_examples=150)
@given(
    segments=st.lists(texts.filter(lambda t: t not in (".", "..")), max_size=4),
    query=st.lists(st.tuples(texts, texts), max_size=4),
    body=st.binary(max_size=40),
)
def test_whatever_the_official_signer_signs_is_accepted(
    segments: list[str], query: list[tuple[str, str]], body: bytes
) -> None:
    path = "/v2/" + "/".join(quote(segment, safe="") for segment in segments)
    target = path + (f"?{urlencode(query)}" if query else "")
    request = signed("POST", target, at=NOW, body=body)
    assert is_right(request)
    assert not is_right(replace(request, body=body + b"x"))


@pytest.mark.parametrize("minutes", [-14.9, 0, 14.9])
def test_a_clock_within_fifteen_minutes_is_accepted(minutes: float) -> None:
    assert is_right(signed("GET", JOB, at=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-15.1, 15.1, 60])
def test_a_clock_further_off_is_refused(minutes: float) -> None:
    assert not is_right(signed("GET", JOB, at=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("date", ["", "20261123T1200", "20261399T120000Z"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    request = signed("GET", JOB, at=NOW)
    assert not is_right(
        replace(request, headers={**request.headers, "x-sdk-date": date})
    )


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"target": JOB + "0"},
        {"target": JOB + "?x=1"},
    ],
)
def test_a_changed_request_is_refused(change: dict[str, str]) -> None:
    request = signed("GET", JOB, at=NOW)
    assert is_right(request)
    assert not is_right(
        Request(
            change.get("method", request.method),
            change.get("target", request.target),
            request.headers,
        )
    )


def test_a_signed_header_must_arrive() -> None:
    request = signed("GET", JOB, at=NOW, headers={"X-Project-Id": PROJECT})
    headers = dict(request.headers)
    del headers["x-project-id"]
    assert not is_right(replace(request, headers=headers))


def test_host_and_date_must_be_signed() -> None:
    request = signed("GET", JOB, at=NOW)
    signature = Signature(DEMO.key.access_key, ("x-sdk-date",), "0" * 64)
    assert not is_authentic(request, signature, DEMO.key.secret_key, NOW)


def test_a_body_that_is_not_json_may_go_unsigned() -> None:
    request = signed(
        "POST", JOB, at=NOW, body=b"<x/>", headers={"Content-Type": "text/xml"}
    )
    assert is_right(request)
    assert is_right(replace(request, body=b"<y/>"))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic dXNlcjpwYXNz",
        "SDK-HMAC-SHA256, Access=a, SignedHeaders=host, Signature=00",
        "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=00",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=host",
    ],
)
def test_other_authorization_headers_are_not_signatures(value: str) -> None:
    assert parse_authorization(value) is None
