"""The simulator in place of a network."""

from __future__ import annotations

import httpx

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.message import Request


class SimulatorTransport(httpx.AsyncBaseTransport):
    """The transport of an `httpx.AsyncClient` that the simulator answers.

    A hang-up is a `httpx.RemoteProtocolError`; nothing is ever delayed.
    """

    def __init__(self, api: ImsApi) -> None:
        self._api = api

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer without a socket."""
        response = self._api.answer(
            Request(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                headers=dict(request.headers),
                body=await request.aread(),
            )
        )
        if response is None:
            message = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(message, request=request)
        return httpx.Response(
            response.status, headers=list(response.headers), content=response.body
        )
