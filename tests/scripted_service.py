"""A service on loopback whose answers a test writes down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.message import Request, Response, json_response
from ims_tui.simulator.server import SimulatorServer

Answer = Callable[[Request], Response]

NOT_KNOWN = json_response(
    400, {"error": {"code": "IMG.0023", "message": "An error occurred in querying."}}
)


class ScriptedApi(ImsApi):
    """Answers by script; keeps the requests."""

    def __init__(self, answer: Answer, clock_off_s: float = 0.0) -> None:
        self._answer = answer
        self._clock_off_s = clock_off_s
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Response:
        """The scripted answer, with the service's `Date`."""
        self.requests.append(request)
        response = self._answer(request)
        date = datetime.now(UTC) + timedelta(seconds=self._clock_off_s)
        dated = (("Date", format_datetime(date, usegmt=True)), *response.headers)
        return Response(response.status, response.body, dated)


def gateway(status: int, code: str, message: str) -> Response:
    """A refusal of the API gateway."""
    return json_response(status, {"error_code": code, "error_msg": message})


def refused(message: str) -> Response:
    """The gateway's 401 for anything wrong with a credential."""
    return gateway(
        401, "APIGW.0301", f"Incorrect IAM authentication information: {message}"
    )


def keystone(message: str) -> Response:
    """IAM's 401."""
    error = {"code": 401, "message": message, "title": "Unauthorized"}
    return json_response(401, {"error": error})


@asynccontextmanager
async def served(api: ImsApi) -> AsyncIterator[str]:
    """Serve on loopback while the block lasts; gives the URL."""
    async with SimulatorServer(api) as server:
        yield server.url
