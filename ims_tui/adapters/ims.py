"""JobSource port over HTTP: long-lived connections per profile.

The call: `GET /v1/cloudimages/job/{job_id}` (ims-api manual, ShowJobProgress). Where
the gateway has no such call (404 `APIGW.0101`), its deprecated sibling ShowJob is
tried, `GET /v1/{project_id}/jobs/{job_id}`, and remembered.
"""

from __future__ import annotations

import logging
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from importlib.util import find_spec

import httpx
from msgspec.structs import replace

from ims_tui import __version__
from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.adapters.clients import Clients
from ims_tui.adapters.netcause import cause_of, remedy_of
from ims_tui.core.config.regions import endpoint_gap
from ims_tui.core.config.settings import Profile
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed
from ims_tui.core.service.reply import MAX_BODY, parse_reply
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInError,
    SignInRefusedError,
)
from ims_tui.core.signin.refusal import Refusal, RefusalKind, refusal
from ims_tui.core.text import printable

# httpcore tries to import sniffio several times per request. Where there is none, the
# search through the whole path costs two fifths of the request: answer it once.
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)
DOCUMENTED_CALL = "/v1/cloudimages/job/{job_id}"
DEPRECATED_CALL = "/v1/{project_id}/jobs/{job_id}"
_NO_ENDPOINT = "Set endpoint or region of the profile, or IMS_TUI_ENDPOINT."
_HEADERS = {
    # The official SDK sends and signs a content type even on GET.
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": f"ims-tui/{__version__}",
}
_NO_BODY = httpx.ByteStream(b"")


class ImsSource:
    """Asks one endpoint with one credential; clients are built at the first request."""

    def __init__(
        self,
        profile: Profile,
        *,
        now: Callable[[], datetime],
        timeout_s: float = 15.0,
        max_in_flight: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._profile = profile
        self._now = now
        self._timeout_s = timeout_s
        self._max_in_flight = max_in_flight
        self._transport = transport
        self._clients: Clients | None = None
        self._headers: httpx.Headers | None = None
        self._auth: SignInAuth | None = None
        self._call = DOCUMENTED_CALL

    @property
    def credential(self) -> CredentialState | None:
        """What is known of the credential; None before the first request."""
        return self._auth.state if self._auth else None

    @property
    def call(self) -> str:
        """The call in use where it is not the documented one, else empty."""
        return "" if self._call == DOCUMENTED_CALL else self._call

    async def show(self, job_id: str) -> Outcome:
        """Ask once about one job; what the network does comes back as a value."""
        if not self._profile.endpoint:
            cause = endpoint_gap(self._profile.region).partition(".")[0]
            return PollFailed(FailureKind.WRONG_ENDPOINT, cause, remedy=_NO_ENDPOINT)
        try:
            clients, auth = self._open()
        except OSError as error:  # an SSLError is one, too
            return _not_signed_in(SignInRefusedError(self._no_bundle(error)))
        call = self._call
        project_id = "" if call == DOCUMENTED_CALL else self._project_id
        path = call.format(job_id=job_id, project_id=project_id)
        async with clients.one() as client:
            outcome = await self._ask(client, auth, path, job_id)
        return self._after(outcome, call)

    async def _ask(
        self, client: httpx.AsyncClient, auth: httpx.Auth, path: str, job_id: str
    ) -> Outcome:
        started = time.perf_counter()
        try:
            request = self._request(path, client.headers)
            response = await client.send(request, auth=auth, stream=True)
            try:
                body = await _read(response)
            finally:
                await response.aclose()
        except SignInError as error:
            return _not_signed_in(error)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cause = cause_of(error)
            _LOG.debug("%s: GET %s: %s", self._profile.name, path, cause)
            return PollFailed(FailureKind.UNREACHABLE, cause, remedy=remedy_of(cause))
        _LOG.debug("%s: GET %s: %s", self._profile.name, path, response.status_code)
        if body is None:
            cause = f"a reply of more than {MAX_BODY // 2**20} MiB"
            return PollFailed(FailureKind.NOT_UNDERSTOOD, cause)
        return parse_reply(
            response.status_code,
            response.headers,
            body,
            job_id,
            now=self._now(),
            latency_s=time.perf_counter() - started,
        )

    def _request(self, path: str, headers: httpx.Headers) -> httpx.Request:
        """A request as httpx builds it, with headers that were completed once."""
        url = f"{self._profile.endpoint.rstrip('/')}{path}"
        if self._headers is None:
            self._headers = httpx.Request("GET", url, headers=headers).headers
        request = httpx.Request("GET", url, headers=self._headers, stream=_NO_BODY)
        request.read()  # a signature covers the body, too
        return request

    def _after(self, outcome: Outcome, call: str) -> Outcome:
        """Turn to the deprecated call where the gateway has no other."""
        if not isinstance(outcome, PollFailed) or not outcome.code.endswith(".0101"):
            return outcome
        if call == DEPRECATED_CALL:
            self._call = DOCUMENTED_CALL  # neither exists: say so, and start anew
            return outcome
        if not self._project_id:
            remedy = "Check endpoint and region, or set project_id for the older call."
            return replace(outcome, remedy=remedy)
        # The next poll uses it: a second request now would not be in the budget.
        self._call = DEPRECATED_CALL
        cause = "the documented call does not exist here; the deprecated one is next"
        return PollFailed(
            FailureKind.NOT_UNDERSTOOD, cause, outcome.code, outcome.exchange
        )

    @property
    def _project_id(self) -> str:
        if self._profile.project_id:
            return self._profile.project_id
        return self._auth.state.project_id if self._auth else ""

    def _open(self) -> tuple[Clients, SignInAuth]:
        if self._clients is None or self._auth is None:
            self._clients = Clients(
                self._max_in_flight,
                _HEADERS,
                self._timeout_s,
                self._verify(),
                self._transport,
            )
            self._auth = make_auth(
                self._profile.auth,
                http=self._clients.extra(),
                now=self._now,
                region=self._profile.region,
                allow_http=self._profile.allow_http,
            )
        return self._clients, self._auth

    def _no_bundle(self, error: OSError) -> Refusal:
        why = "not certificates" if isinstance(error, ssl.SSLError) else error.strerror
        bundle = printable(self._profile.ca_bundle or "the system's certificates", 200)
        cause = f"The certificate file {bundle} cannot be read ({why})."
        return refusal(RefusalKind.CA_UNREADABLE, cause)

    def _verify(self) -> ssl.SSLContext | bool:
        """What all clients check certificates by: to read them takes 50 ms."""
        bundle = self._profile.ca_bundle
        if bundle:
            return ssl.create_default_context(cafile=bundle)
        return True if self._transport else httpx.create_ssl_context()

    async def has_changed(self) -> bool:
        """Whether another credential can be read than the one in use."""
        return self._auth is not None and await self._auth.has_changed()

    async def reload(self) -> None:
        """Forget a refused credential, so that the next request reads it anew."""
        if self._auth is not None:
            self._auth.reload()
        self._call = DOCUMENTED_CALL

    async def close(self) -> None:
        """Close the connections."""
        for part in (self._auth, self._clients):
            if part is not None:
                await part.aclose()


def _not_signed_in(error: SignInError) -> PollFailed:
    remedy = error.refusal.remedy if isinstance(error, SignInRefusedError) else ""
    return PollFailed(
        error.failure,
        str(error),
        error.code,
        retry_after_s=error.retry_after_s,
        remedy=remedy,
    )


async def _read(response: httpx.Response) -> bytes | None:
    """Read a body; None where it is larger than any description of a job."""
    parts, size = [], 0
    async for part in _pieces(response):
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    """The decoded body; one that is neither packed nor read takes the short way."""
    is_packed = "content-encoding" in response.headers
    if is_packed or response.is_stream_consumed:
        return response.aiter_bytes()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return response.stream.__aiter__()
