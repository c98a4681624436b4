"""SDK-HMAC-SHA256 with an access key, by the service's clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import httpx

from ims_tui.adapters.auth.base import (
    SignInAuth,
    check_request,
    is_accepted,
    read_refusal,
)
from ims_tui.core.config.settings import KeySpec
from ims_tui.core.service.reply import service_date
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInRefusedError,
)
from ims_tui.core.signin.refusal import (
    Refusal,
    Scheme,
    Unavailable,
    from_source,
    of_temporary_keys,
)
from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.signing import sign

FindProject = Callable[[httpx.Auth], Awaitable[str | Refusal | Unavailable]]
"""Looks the project id up with an auth that signs without one."""

_RESIGN_S = 300.0
"""Clock error beyond which a refused request is signed once more, corrected.

The gateway allows 15 minutes; other clouds of the family may allow less.
"""
_NOISE_S = 60.0
"""Differences below this are latency and rounding, not a wrong clock."""

_SIGNED = ("host", "content-type", "x-project-id", "x-security-token")


class KeyAuth(SignInAuth):
    """Signs requests with an access key and its secret key."""

    def __init__(
        self,
        spec: KeySpec,
        find_project: FindProject | None,
        *,
        now: Callable[[], datetime],
        allow_http: bool,
    ) -> None:
        super().__init__(self._look_up, now, allow_http=allow_http)
        self._spec = spec
        self._find_project = find_project
        self._skew_s = 0.0
        self._project_id = spec.project_id

    @property
    def state(self) -> CredentialState:
        """What is known of the key pair, for people."""
        return CredentialState(
            self._spec.scheme,
            self._spec.source,
            is_accepted=self._turns.is_open,
            project=self._spec.project_name,
            project_id=self._project_id,
            refusal=self._refusal,
            is_stopped=self._refusal is not None,
            unavailable=self._unavailable,
        )

    async def project_id(self) -> str:
        """Id of the project, which is looked up where only its name is known."""
        self._raise_if_refused()
        return await self._project()

    def reload(self) -> None:
        """Forget a refusal and a project that was looked up."""
        super().reload()
        self._project_id = self._spec.project_id

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign; when only the clock was wrong, once more by the service's clock.

        Raises:
            SignInRefusedError, SignInUnavailableError: nothing may be sent.
        """
        return self.flow(request, is_scoped=True)

    async def flow(
        self, request: httpx.Request, *, is_scoped: bool
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign a request, for the project or (its lookup) without one."""
        check_request(request, self._allow_http)
        self._raise_if_refused()
        if is_scoped and (project_id := await self._project()):
            request.headers["X-Project-Id"] = project_id
        await request.aread()
        for is_last in (False, True):
            async with self._turns.turn():
                self._raise_if_refused()
                signed_at = self._service_time()
                self._sign(request, signed_at)
                response = yield request
                if not await self._is_clock_to_blame(response, signed_at, is_last):
                    return

    def _service_time(self) -> datetime:
        return self._now() - timedelta(seconds=self._skew_s)

    def _sign(self, request: httpx.Request, at: datetime) -> None:
        headers = request.headers
        # The official SDK sends and signs this even where there is no body.
        headers.setdefault("Content-Type", "application/json")
        if self._spec.security_token:
            headers["X-Security-Token"] = self._spec.security_token.reveal()
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers.update(
            sign(
                request.method,
                path,
                parse_qsl(query, keep_blank_values=True),
                {name: headers[name] for name in _SIGNED if name in headers},
                request.content,
                access_key=self._spec.access_key,
                secret_key=self._spec.secret_key,
                at=at,
            )
        )

    async def _is_clock_to_blame(
        self, response: httpx.Response, signed_at: datetime, is_last: bool
    ) -> bool:
        """Learn from a reply; True: refused, and worth signing once more.

        Raises:
            SignInRefusedError: refused for another reason, or again.
        """
        error_s = self._observe(response, signed_at)
        secrets = [self._spec.secret_key, Secret(self._spec.access_key)]
        if self._spec.security_token:
            secrets.append(self._spec.security_token)
        refused = await read_refusal(response, Scheme.KEY, self._skew_s, secrets)
        if refused is None:
            self._turns.is_open |= is_accepted(response)
            return False
        self._turns.is_open = False
        refused = from_source(refused, self._spec.source)
        if not is_last and error_s >= _RESIGN_S:
            return True
        if self._spec.security_token:
            refused = of_temporary_keys(refused)
        self._refusal = refused
        raise SignInRefusedError(refused)

    def _observe(self, response: httpx.Response, signed_at: datetime) -> float:
        """Correct the clock by a reply's `Date`; seconds the signature was off."""
        date = service_date(response.headers.get("date", ""), self._now())
        if date is None:
            return 0.0
        skew_s = (self._now() - date).total_seconds()
        self._skew_s = skew_s if abs(skew_s) >= _NOISE_S else 0.0
        return abs((signed_at - date).total_seconds())

    async def _project(self) -> str:
        while not self._project_id and self._find_project is not None:
            await self._wait_for_sign_in()
        return self._project_id

    async def _look_up(self) -> str | Refusal | Unavailable:
        assert self._find_project is not None
        generation = self._generation
        found = await self._find_project(_Unscoped(self))
        if generation == self._generation:
            self._unavailable = found if isinstance(found, Unavailable) else None
            if isinstance(found, Refusal):
                self._refusal = found
            elif isinstance(found, str):
                self._project_id = found
        return found


class _Unscoped(httpx.Auth):
    """Signs with the keys of a `KeyAuth` without a project; shares its refusals."""

    def __init__(self, keys: KeyAuth) -> None:
        self._keys = keys

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign without `X-Project-Id`."""
        return self._keys.flow(request, is_scoped=False)
