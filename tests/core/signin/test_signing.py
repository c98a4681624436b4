"""The signer against the published vectors and against the official one."""

from __future__ import annotations

import hashlib
import random
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.signing import canonical_request, sign

ACCESS_KEY = "EXAMPLEACCESSKEY0001"
SECRET_KEY = Secret("exampleSecretKeyForTestVectorsOnly0000001")
AT = datetime(2024, 1, 1, tzinfo=UTC)
JOB = "/v1/cloudimages/job/ff80808280c204e30180d2784c3c0d86"
IMS = "ims.cn-north-4.myhuaweicloud.com"
PROJECT = {"X-Project-Id": "0123456789abcdef0123456789abcdef"}

VECTORS = [
    (
        IMS, JOB, [], {},
        "81e0476f8ba299523d5e56582eb1124b1c7b5c50524b331b27f3df2707e491ed",
        "8d944f7ddda551b153461081f0a7f04ab9d04dbc0ba017185eef6e93aec5634b",
    ),
    (
        IMS, JOB, [], PROJECT,
        "527d31a063805d4aa39e13fe399b9493ddd4ad097a450820f747996b15bc4e2a",
        "47c4be9d718c1f0aaf267e799126070c255909399aaf328f63e422428c69e614",
    ),
    (
        "iam.myhuaweicloud.com", "/v3/projects", [("name", "cn-north-4")], {},
        "c9b08d2305bf9172c847036fbbeaeebb089fac5d80c0e53cc6ca1f68cf60fe26",
        "73cf3ca8ee6bdfd8d49f66ec647f2ba6dbe8c12535865fd1435e0d28e2d8440a",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "path", "query", "extra", "canonical", "signature"), VECTORS
)
def test_known_vectors(
    host: str,
    path: str,
    query: list[tuple[str, str]],
    extra: dict[str, str],
    canonical: str,
    signature: str,
) -> None:
    headers = {"Host": host, **extra}
    added = sign(
        "GET", path, query, headers, b"",
        access_key=ACCESS_KEY, secret_key=SECRET_KEY, at=AT,
    )  # fmt: skip
    values = {k.lower(): v for k, v in (headers | added).items()}
    names = sorted(values.keys() - {"authorization"})
    text = canonical_request("GET", path, query, values, names, b"")
    assert hashlib.sha256(text.encode()).hexdigest() == canonical
    assert added["Authorization"].endswith(f"Signature={signature}")
    assert f"SignedHeaders={';'.join(names)}, " in added["Authorization"]


@dataclass
class OracleKeys:
    """What the official signer needs of its credentials."""

    ak: str = ACCESS_KEY
    sk: str = SECRET_KEY.reveal()


def official(
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
    at: datetime,
) -> dict[str, str]:
    """The headers that huaweicloudsdkcore adds to the same request."""
    request = SdkRequest(
        method=method,
        schema="https",
        host="unused",
        resource_path=path,
        query_params=list(query),
        header_params={**headers, "X-Sdk-Date": f"{at:%Y%m%dT%H%M%SZ}"},
        body=body,
    )
    signed = Signer(OracleKeys()).sign(request).header_params
    return {name: value for name, value in signed.items() if name not in headers}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SEGMENTS = st.one_of(
    TEXT, st.sampled_from(["%2F", "%20", "%ff", "%C3%A9", "a~b", "..", "+", "a%", "é"])
)
TOKENS = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True)
VALUES = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20)
CONTENT_TYPES = st.sampled_from(
    [
        "",
        "application/json",
        "application/json;charset=utf-8",
        "text/plain",
        "image/png",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "put", "DELETE"]),
    path=st.lists(SEGMENTS, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    query=st.lists(st.tuples(TEXT, TEXT), max_size=5),
    extra=st.dictionaries(TOKENS.map(lambda name: f"X-{name}".title()), VALUES),
    content_type=CONTENT_TYPES,
    body=st.binary(max_size=40),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
)
def test_agrees_with_the_official_signer(
    method: str,
    path: str,
    query: list[tuple[str, str]],
    extra: dict[str, str],
    content_type: str,
    body: bytes,
    at: datetime,
) -> None:
    headers = {"Host": "ims.example.com:8443", **extra}
    if content_type:
        headers["Content-Type"] = content_type
    moment = at.replace(tzinfo=UTC)
    ours = sign(
        method, path, query, headers, body,
        access_key=ACCESS_KEY, secret_key=SECRET_KEY, at=moment,
    )  # fmt: skip
    assert ours == official(method, path, query, headers, body, moment)


def test_agrees_on_thousands_of_generated_requests() -> None:
    chance = random.Random(20261123)
    alphabet = (
        string.ascii_letters + string.digits + "/%~+._-:;,=&?#@! \"'<>|é中\u200b😀"
    )

    def text(most: int) -> str:
        return "".join(chance.choices(alphabet, k=chance.randrange(most)))

    for _ in range(5000):
        headers = {"Host": f"{chance.randbytes(4).hex()}.example.com"}
        if chance.random() < 0.5:
            headers["Content-Type"] = chance.choice(
                ["application/json", "application/json; charset=UTF-8", "text/xml"]
            )
        for _ in range(chance.randrange(4)):
            name = "X-" + "".join(chance.choices(string.ascii_letters + "_-", k=6))
            headers[name.title()] = chance.choice(["", " padded ", "plain", "a:b"])
        method = chance.choice(["GET", "POST", "PUT", "DELETE", "head"])
        path = "/" + text(40)
        query = [(text(8), text(8)) for _ in range(chance.randrange(5))]
        body = chance.randbytes(chance.randrange(3) * 20)
        at = AT + timedelta(seconds=chance.randrange(10**9))
        ours = sign(
            method, path, query, headers, body,
            access_key=ACCESS_KEY, secret_key=SECRET_KEY, at=at,
        )  # fmt: skip
        assert ours == official(method, path, query, headers, body, at)


def test_every_part_of_the_request_is_in_the_signature() -> None:
    def authorization(
        method: str = "GET",
        path: str = "/a",
        query: tuple[tuple[str, str], ...] = (("k", "v"),),
        project: str = "p",
        body: bytes = b"x",
        at: datetime = AT,
    ) -> str:
        headers = {"Host": "h", "X-Project-Id": project}
        return sign(
            method, path, query, headers, body,
            access_key=ACCESS_KEY, secret_key=SECRET_KEY, at=at,
        )["Authorization"]  # fmt: skip

    base = authorization()
    assert authorization() == base
    changed = {
        authorization(method="PUT"),
        authorization(path="/b"),
        authorization(query=(("k", "w"),)),
        authorization(project="q"),
        authorization(body=b"y"),
        authorization(at=AT.replace(second=1)),
    }
    assert base not in changed
    assert len(changed) == 6


def test_the_secret_key_is_not_in_what_is_added() -> None:
    added = sign(
        "GET", "/", [], {"Host": "h"}, b"",
        access_key=ACCESS_KEY, secret_key=SECRET_KEY, at=AT,
    )  # fmt: skip
    assert SECRET_KEY.reveal() not in repr(added)
