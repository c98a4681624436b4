"""Requests and responses as values, and the envelopes of refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from msgspec import Struct, field

from ims_tui.core.values import Discreet


class Request(Discreet, frozen=True):
    """One HTTP request."""

    hidden: ClassVar = frozenset({"headers", "body"})

    method: str
    target: str
    """Path and query as sent, still percent-encoded."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """Decoded pairs of the query, empty values included."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


class Response(Struct, frozen=True):
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    """How long a server keeps it back, in seconds of the wall clock."""


def json_response(
    status: int, body: object, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    """A response with a JSON body."""
    return Response(
        status,
        json.dumps(body, ensure_ascii=False).encode(),
        (("Content-Type", "application/json"), *headers),
    )


class RefusedError(Exception):
    """A request that gets an error reply."""

    def __init__(
        self,
        status: int,
        body: dict[str, Any],
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(status, body)
        self.response = json_response(status, body, headers)


def gateway_refusal(
    status: int,
    code: str,
    message: str,
    request_id: str,
    headers: tuple[tuple[str, str], ...] = (),
) -> RefusedError:
    """The API gateway's flat envelope with `error_code` and `error_msg`."""
    body = {"error_msg": message, "error_code": code, "request_id": request_id}
    return RefusedError(status, body, headers)


def ims_refusal(code: str, message: str, status: int = 400) -> RefusedError:
    """The envelope of IMS itself: mostly HTTP 400, the code a string."""
    return RefusedError(status, {"error": {"message": message, "code": code}})


def iam_refusal(status: int, title: str, message: str) -> RefusedError:
    """The envelope of IAM: the code is the HTTP status as an integer."""
    return RefusedError(
        status, {"error": {"code": status, "message": message, "title": title}}
    )
