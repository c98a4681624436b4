"""The simulator on a loopback socket: HTTP/1.1 with h11 on asyncio streams."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from types import TracebackType
from typing import Self

import h11

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.message import Request, Response

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024
READ_BYTES = 64 * 1024

log = logging.getLogger(__name__)


class SimulatorServer:
    """Serves an `ImsApi` while the `async with` block lasts.

    Args:
        api: what answers.
        host: address to listen on; loopback unless you know why.
        port: 0 lets the system choose; read `port` afterwards.
        patience_s: how long one request may take to arrive, one response to be
            taken, and how long a kept connection may stay silent.

    Raises:
        OSError: on entering, if the address cannot be had.
    """

    def __init__(
        self,
        api: ImsApi,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        patience_s: float = 60.0,
    ) -> None:
        self._api = api
        self._host = host
        self.port = port
        """The port it listens on; the system's choice once entered."""
        self._patience_s = patience_s
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The endpoint for a client, for IMS and IAM alike."""
        return f"http://{self._host}:{self.port}"

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = _Connection(self._api, reader, writer, self._patience_s)
        task = asyncio.create_task(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


class _Connection:
    """One client, request after request."""

    def __init__(
        self,
        api: ImsApi,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        patience_s: float,
    ) -> None:
        self._api = api
        self._reader = reader
        self._writer = writer
        self._patience_s = patience_s
        self._http = h11.Connection(h11.SERVER, MAX_HEADER_BYTES)

    async def serve(self) -> None:
        """Answer until the client goes, dawdles or breaks the protocol."""
        try:
            while await self._serve_one():
                self._http.start_next_cycle()
        except (TimeoutError, OSError) as error:
            log.debug("simulator: connection dropped: %r", error)
        finally:
            self._writer.close()

    async def _serve_one(self) -> bool:
        """One request and its response; False when the connection is over."""
        try:
            async with asyncio.timeout(self._patience_s):
                request = await self._read_request()
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint)
            return False
        if request is None:
            return False
        response = self._api.answer(request)
        if response is None:
            return False
        await asyncio.sleep(response.delay_s)
        await self._send(response, has_body=request.method != "HEAD")
        return self._http.our_state is h11.DONE

    async def _read_request(self) -> Request | None:
        """The next request; None when the client has closed.

        Raises h11.RemoteProtocolError for malformed or oversized ones.
        """
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise h11.RemoteProtocolError("body too large", 413)
        return Request(
            method=head.method.decode("ascii"),
            target=head.target.decode("ascii"),
            headers={
                name.decode("ascii"): value.decode("utf-8", "replace")
                for name, value in head.headers
            },
            body=bytes(body),
        )

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self._write(
                    h11.InformationalResponse(status_code=100, headers=[])
                )
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event

    async def _refuse(self, status: int) -> None:
        """Tell the client what is wrong if the protocol still allows it."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self._send(Response(status, headers=(("Connection", "close"),)))

    async def _send(self, response: Response, has_body: bool = True) -> None:
        length = str(len(response.body))
        await self._write(
            h11.Response(
                status_code=response.status,
                headers=[*response.headers, ("Content-Length", length)],
                reason=HTTPStatus(response.status).phrase.encode(),
            )
        )
        if has_body and response.body:
            await self._write(h11.Data(data=response.body))
        await self._write(h11.EndOfMessage())

    async def _write(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            async with asyncio.timeout(self._patience_s):
                await self._writer.drain()
