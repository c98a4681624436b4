"""What every way of signing in shares: its state, and what goes one at a time."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from ims_tui.adapters.bodies import read_body
from ims_tui.core.service.envelope import read_error
from ims_tui.core.service.errorcode import refuses_sign_in
from ims_tui.core.service.reply import MAX_BODY
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInRefusedError,
    SignInUnavailableError,
    check_transport,
)
from ims_tui.core.signin.refusal import (
    Refusal,
    Scheme,
    Unavailable,
    explain_refusal,
    masked,
    sent_secrets,
)
from ims_tui.core.signin.secret import Secret

MAX_TOLD = 64 * 1024
"""Bytes of a body in which a refusal is looked for; one takes a few hundred."""


class SignInAuth(httpx.Auth, ABC):
    """Signs a profile's requests, and stops once the credential is refused.

    Instead of being sent a request raises `SignInError`.
    """

    def __init__(
        self,
        sign_in: Callable[[], Coroutine[None, None, object]],
        now: Callable[[], datetime],
        *,
        allow_http: bool,
    ) -> None:
        """
        Args:
            sign_in: what requests may have to wait for; it returns its failures.
            now: wall clock, aware UTC.
            allow_http: whether the credential may go over plain http beyond loopback.
        """
        self._now = now
        self._allow_http = allow_http
        self._turns = Turns()
        self._sign_in = sign_in
        self._under_way: asyncio.Task[object] | None = None
        self._generation = 0
        self._refusal: Refusal | None = None
        self._unavailable: Unavailable | None = None

    @property
    @abstractmethod
    def state(self) -> CredentialState:
        """What is known of the credential, for people."""

    def reload(self) -> None:
        """Forget what is known: the next request obtains the credential anew."""
        self._generation += 1
        self._refusal = None
        self._unavailable = None
        self._turns.is_open = False

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

    async def aclose(self) -> None:
        """End a sign-in that is under way."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.wait([self._under_way])

    def _raise_if_refused(self) -> None:
        if self._refusal is not None:
            raise SignInRefusedError(self._refusal)

    def _begin_sign_in(self) -> asyncio.Task[object]:
        """Run it once for all; it outlasts the poll that started it."""
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._sign_in())
        return self._under_way

    async def _wait_for_sign_in(self) -> None:
        """Share the sign-in under way, or begin one.

        Raises:
            SignInRefusedError, SignInUnavailableError: there is none.
        """
        self._raise_if_refused()
        generation = self._generation
        found = await asyncio.shield(self._begin_sign_in())
        if isinstance(found, Unavailable) and generation == self._generation:
            raise SignInUnavailableError(found)


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
