"""JobSource port over HTTP: long-lived connections per profile.

The call: `GET /v1/cloudimages/job/{job_id}` (ims-api manual, ShowJobProgress). Where
the gateway has no such call (404 `APIGW.0101`), its deprecated sibling ShowJob is
tried, `GET /v1/{project_id}/jobs/{job_id}`, and remembered. The latter is the only call
of ECS and EVS.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial

import httpx
from msgspec.structs import replace

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.adapters.bodies import ENCODINGS, read_body
from ims_tui.adapters.callfile import CallFile
from ims_tui.adapters.certificates import trusted
from ims_tui.adapters.clients import Clients
from ims_tui.adapters.netcause import cause_of, remedy_of
from ims_tui.core.config.regions import endpoint_gap
from ims_tui.core.config.settings import PasswordSpec, Profile
from ims_tui.core.errors import UnusableSettingError
from ims_tui.core.release import VERSION
from ims_tui.core.service.errorcode import is_no_such_call
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.service.reply import MAX_BODY, parse_reply
from ims_tui.core.show import cause_texts as texts
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInError,
    SignInRefusedError,
)
from ims_tui.core.signin.refusal import sent_secrets, without_secrets
from ims_tui.core.signin.secret import Secret

_LOG = logging.getLogger(__name__)
DOCUMENTED_CALL = "/v1/cloudimages/job/{job_id}"
DEPRECATED_CALL = "/v1/{project_id}/jobs/{job_id}"
_HEADERS = {
    # The official SDK sends and signs a content type even on GET.
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": ENCODINGS,
    "User-Agent": f"ims-tui/{VERSION}",
}
_SOON = 16 * 1024
"""Bytes of a reply that is decoded at once, in 5 ms at most; others in a thread."""

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
        environ: Mapping[str, str] = os.environ,
        transport: httpx.AsyncBaseTransport | None = None,
        calls: CallFile | None = None,
    ) -> None:
        self._profile = profile
        self._now = now
        self._timeout_s = timeout_s
        self._max_in_flight = max_in_flight
        self._environ = environ
        self._transport = transport
        self._clients: Clients | None = None
        self._headers: httpx.Headers | None = None
        self._auth: SignInAuth | None = None
        self._endpoint = profile.endpoint
        self._usual_call = (
            DOCUMENTED_CALL if profile.service is JobService.IMS else DEPRECATED_CALL
        )
        self._call = self._usual_call
        self._calls = calls if profile.service is JobService.IMS else None
        self._is_recalled = False
        self._is_untried = False
        """Whether an earlier run chose the call, and the documented is untried."""
        self._answered_call = ""

    @property
    def credential(self) -> CredentialState | None:
        """What is known of the credential; None before the first request."""
        return self._auth.state if self._auth else None

    @property
    def call(self) -> str:
        """The call in use where it is not the documented one, else empty."""
        return "" if self._call == self._usual_call else self._call

    async def show(self, job_id: str) -> Outcome:
        """Ask once about one job; what the network does comes back as a value."""
        profile = self._profile
        has_catalogue = isinstance(profile.auth, PasswordSpec) and not profile.gap
        if not (profile.endpoint or has_catalogue):
            gap = profile.gap or endpoint_gap(profile.region)
            cause, _, remedy = gap.rstrip(".").partition(". ")
            is_own = remedy and not remedy.startswith("Set one")
            remedy = f"{remedy}." if is_own else texts.set_endpoint(profile.service)
            return PollFailed(FailureKind.MISCONFIGURED, cause, remedy=remedy)
        try:
            clients, auth = self._open()
            lack = await self._lack(auth)
        except SignInError as error:
            return _not_signed_in(error)
        except UnusableSettingError as error:
            return _misconfigured(error)
        if lack is not None:
            return lack
        await self._recall()
        call = self._call
        project_id = "" if call == DOCUMENTED_CALL else self._project_id
        path = call.format(job_id=job_id, project_id=project_id)
        async with clients.one() as client:
            outcome = await self._ask(client, auth, path, job_id)
        after = self._after(outcome, call)
        await self._remember(after, call)
        return after

    async def _lack(self, auth: SignInAuth) -> PollFailed | None:
        """What the call needs and nobody names; settles where is asked."""
        self._ask_at(self._profile.endpoint or await auth.endpoint())
        service = self._profile.service
        if not self._endpoint:
            cause, remedy = texts.not_in_catalogue(service), texts.set_endpoint(service)
            return PollFailed(FailureKind.WRONG_ENDPOINT, cause, remedy=remedy)
        if self._usual_call == DOCUMENTED_CALL or self._project_id:
            return None
        if await auth.project_id():
            return None
        cause = texts.no_project_known(service)
        return PollFailed(FailureKind.MISCONFIGURED, cause, remedy=texts.SET_PROJECT)

    def _ask_at(self, endpoint: str) -> None:
        if endpoint != self._endpoint:  # the headers name the host
            self._endpoint, self._headers = endpoint, None

    async def _recall(self) -> None:
        """Begin with the call that an earlier run found."""
        if self._is_recalled or self._calls is None:
            return
        self._is_recalled = True
        if not self._project_id:  # which the deprecated call has in its path
            return
        look = self._calls.is_deprecated
        if await asyncio.to_thread(look, self._name, self._now()):
            self._call, self._is_untried = DEPRECATED_CALL, True
            self._answered_call = DEPRECATED_CALL  # noted twice it would never end

    async def _remember(self, outcome: Outcome, call: str) -> None:
        """Keep the call that answered, where it is another one than was known."""
        if self._calls is None or self._answered_call == call:
            return
        if isinstance(outcome, PollOk) or outcome.kind is FailureKind.NOT_KNOWN:
            self._answered_call = call
            is_deprecated = call == DEPRECATED_CALL
            note = partial(self._calls.note, is_deprecated=is_deprecated)
            await asyncio.to_thread(note, self._name, self._now())

    @property
    def _name(self) -> str:
        return f"{self._profile.name} {self._profile.endpoint}"

    async def _ask(
        self, client: httpx.AsyncClient, auth: httpx.Auth, path: str, job_id: str
    ) -> Outcome:
        started = time.perf_counter()
        try:
            request = self._request(path, client.headers)
            response = await client.send(request, auth=auth, stream=True)
            try:
                body = await read_body(response, MAX_BODY)
            finally:
                await response.aclose()
        except SignInError as error:
            return _not_signed_in(error)
        except UnusableSettingError as error:
            return _misconfigured(error)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            cause = cause_of(error)
            _LOG.debug("%s: GET %s: %s", self._profile.name, path, cause)
            remedy = remedy_of(error)
            if cause == texts.NO_NAME and self._profile.cloud_note:
                remedy = self._profile.cloud_note  # says of the name what is in doubt
            return PollFailed(FailureKind.UNREACHABLE, cause, remedy=remedy)
        _LOG.debug("%s: GET %s: %s", self._profile.name, path, response.status_code)
        if len(body) > MAX_BODY:
            cause = f"a reply of more than {MAX_BODY // 2**20} MiB"
            return PollFailed(FailureKind.NOT_UNDERSTOOD, cause)
        secrets = sent_secrets(response.request.headers)
        decode = partial(
            parse_reply,
            response.status_code,
            _without(response.headers, secrets),
            without_secrets(body, secrets),
            job_id,
            now=self._now(),
            latency_s=time.perf_counter() - started,
            service=self._profile.service,
        )
        return decode() if len(body) <= _SOON else await asyncio.to_thread(decode)

    def _request(self, path: str, headers: httpx.Headers) -> httpx.Request:
        """A request as httpx builds it, with headers that were completed once."""
        url = f"{self._endpoint.rstrip('/')}{path}"
        if self._headers is None:
            self._headers = httpx.Request("GET", url, headers=headers).headers
        request = httpx.Request("GET", url, headers=self._headers, stream=_NO_BODY)
        request.read()  # a signature covers the body, too
        return request

    def _after(self, outcome: Outcome, call: str) -> Outcome:
        """Turn to the deprecated call where the gateway has no other."""
        if not isinstance(outcome, PollFailed) or not is_no_such_call(outcome.code):
            return outcome
        if self._profile.service is not JobService.IMS:
            return replace(outcome, remedy=texts.check_endpoint(self._profile.service))
        if call == DEPRECATED_CALL:
            self._call = DOCUMENTED_CALL
            if not self._is_untried:
                return outcome  # neither exists: say so, and start again
            self._is_untried = False
            return _turned(outcome, texts.DEPRECATED_IS_GONE)
        if not self._project_id:
            return replace(outcome, remedy=texts.CHECK_CALL)
        # The next request uses it: whoever books requests sends that at once.
        self._call = DEPRECATED_CALL
        return _turned(outcome, texts.DEPRECATED_IS_NEXT)

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
                cache(partial(trusted, self._profile.ca_bundle, self._environ)),
                self._environ,
                self._transport,
            )
            self._auth = make_auth(
                self._profile.auth,
                http=self._clients.extra(),
                now=self._now,
                region=self._profile.region,
                allow_http=self._profile.allow_http,
                wants_endpoint=not self._profile.endpoint,
                service=self._profile.service,
            )
        return self._clients, self._auth

    async def has_changed(self) -> bool:
        """Whether another credential can be read than the one in use."""
        return self._auth is not None and await self._auth.has_changed()

    async def reload(self) -> None:
        """Forget a refused credential, so that the next request reads it again."""
        if self._auth is not None:
            self._auth.reload()
        self._call = self._usual_call
        self._is_recalled = True  # whoever reloads wants everything tried again

    async def close(self) -> None:
        """Close the connections."""
        for part in (self._auth, self._clients):
            if part is not None:
                await part.aclose()


def _without(headers: httpx.Headers, secrets: Sequence[Secret]) -> Mapping[str, str]:
    """Headers of a reply, without what it echoes of the credential."""
    raw = b"".join(value for _, value in headers.raw)
    if without_secrets(raw, secrets) == raw:
        return headers
    return httpx.Headers(
        [(name, without_secrets(value, secrets)) for name, value in headers.raw]
    )


def _misconfigured(error: UnusableSettingError) -> PollFailed:
    return PollFailed(FailureKind.MISCONFIGURED, str(error), remedy=error.remedy)


def _turned(outcome: PollFailed, cause: str) -> PollFailed:
    """A failure after which another call is used."""
    kind = FailureKind.NOT_UNDERSTOOD
    return PollFailed(kind, cause, outcome.code, outcome.exchange)


def _not_signed_in(error: SignInError) -> PollFailed:
    remedy = error.refusal.remedy if isinstance(error, SignInRefusedError) else ""
    return PollFailed(
        error.failure,
        str(error),
        error.code,
        retry_after_s=error.retry_after_s,
        remedy=remedy,
    )
