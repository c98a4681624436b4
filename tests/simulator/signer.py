"""The official signer, as the client of the verifier under test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from ims_tui.simulator.account import DEMO, KeyPair
from ims_tui.simulator.message import Request

HOST = "ims.cn-north-4.myhuaweicloud.com"


def signed(
    method: str,
    target: str,
    *,
    at: datetime,
    key: KeyPair = DEMO.key,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Request:
    """A request as the official client would send it at that time."""
    path, _, query = target.partition("?")
    request = SdkRequest(
        method=method,
        schema="https",
        host=HOST,
        resource_path=path,
        query_params=parse_qsl(query, keep_blank_values=True),
        header_params={"X-Sdk-Date": f"{at:%Y%m%dT%H%M%SZ}", **(headers or {})},
        body=body,
    )
    Signer(BasicCredentials(key.access_key, key.secret_key)).sign(request)
    suffix = f"?{urlencode(request.query_params)}" if query else ""
    sent = {name.lower(): value for name, value in request.header_params.items()}
    return Request(method, path + suffix, sent, body)
