"""What every way of signing in shares: its state, one request at a time, one flight."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import httpx

from ims_tui.adapters.bodies import read_body
from ims_tui.core.service.envelope import read_error
from ims_tui.core.service.errorcode import refuses_sign_in
from ims_tui.core.service.reply import MAX_BODY
from ims_tui.core.signin.credential import CredentialState, check_transport
from ims_tui.core.signin.refusal import (
    Refusal,
    Scheme,
    explain_refusal,
    masked,
    sent_secrets,
)
from ims_tui.core.signin.secret import Secret

T = TypeVar("T")

MAX_TOLD = 64 * 1024
"""Bytes of a body in which a refusal is looked for; one takes a few hundred."""


class SignInAuth(httpx.Auth, ABC):
    """Signs a profile's requests, and stops once the credential is refused.

    Instead of being sent a request raises `SignInError`.
    """

    @property
    @abstractmethod
    def state(self) -> CredentialState:
        """What is known of the credential, for people."""

    @abstractmethod
    def reload(self) -> None:
        """Forget refusals and tokens: the next request obtains the credential anew."""

    async def project_id(self) -> str:
        """Id of the project that is signed in to; empty where it is not known.

        Raises:
            SignInRefusedError, SignInUnavailableError: there is no sign-in.
        """
        return self.state.project_id

    async def endpoint(self) -> str:
        """Address of the service by the catalogue of the sign-in; empty where unknown.

        Raises:
            SignInRefusedError, SignInUnavailableError: there is no sign-in.
        """
        return ""

    async def has_changed(self) -> bool:
        """Whether the credential's file changed since it was read."""
        return False

    @abstractmethod
    async def aclose(self) -> None:
        """End a sign-in that is under way."""


class Turns:
    """Lets requests go one at a time until the credential was accepted once.

    So a wrong credential is refused once, not once per poll in flight.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.is_open = False
        """Whether the present credential was accepted."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a request may be sent, and hold the turn while it is unproven."""
        async with self._lock:
            if not self.is_open:
                yield
                return
        yield


class SingleFlight(Generic[T]):
    """Runs a piece of work once for all who wait for it.

    It goes on when the poll that started it is cancelled. `work` returns its failures.
    """

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    def start(self) -> asyncio.Task[T]:
        """Start the work unless it is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return self._task

    async def result(self) -> T:
        """Share the result of the work under way, or of a new run."""
        return await asyncio.shield(self.start())

    async def aclose(self) -> None:
        """Cancel the work and wait for its end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> T:
        return await self._work()


async def read_refusal(
    response: httpx.Response,
    scheme: Scheme,
    skew_s: float | None,
    secrets: Iterable[Secret],
) -> Refusal | None:
    """Say why a reply refuses the credential; None where it does not.

    IMS and the job framework answer 400 for a token of another project, and Open
    Telekom Cloud asks for a new token in a plain message.
    """
    if response.status_code not in (400, 401, 403):
        return None
    body = await _body(response)
    secrets = (*secrets, *sent_secrets(response.request.headers))
    code, message = read_error(masked(body[:MAX_TOLD], secrets))
    is_refused = (
        response.status_code == 401
        or refuses_sign_in(code)
        or "token need to refresh" in message.lower()
    )
    return explain_refusal(code, message, skew_s, scheme) if is_refused else None


async def _body(response: httpx.Response) -> bytes:
    """Read a body, or little more than `MAX_BODY` of it; others can read the same."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    try:
        body = await read_body(response, MAX_BODY)
    except httpx.DecodingError:
        body = b""  # the status alone refuses, too
    finally:
        await stream.aclose()
    response.headers.pop("Content-Encoding", None)  # it is unpacked now
    response.stream = httpx.ByteStream(body)
    return body


def check_request(request: httpx.Request, allow_http: bool) -> None:
    """`check_transport` of where a request goes, whatever it asks for there.

    Raises:
        SignInRefusedError: plain http to another host than loopback.
    """
    url = request.url
    check_transport(f"{url.scheme}://{url.netloc.decode('ascii')}", allow_http)


def is_accepted(response: httpx.Response) -> bool:
    """Whether a reply that is no refusal shows that the credential was checked."""
    # The job framework throttles with 202, before it looks at anything.
    return response.status_code in (200, 400, 403)
