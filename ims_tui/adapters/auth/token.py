"""X-Auth-Token: obtained once for all polls, renewed early and when refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Protocol

import httpx

from ims_tui.adapters.auth.base import (
    SignInAuth,
    check_request,
    is_accepted,
    read_refusal,
)
from ims_tui.core.service.reply import service_date
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInRefusedError,
    Token,
)
from ims_tui.core.signin.refusal import (
    Refusal,
    RefusalKind,
    Scheme,
    Unavailable,
    from_source,
    refusal,
)

Obtained = Token | Refusal | Unavailable

_MOST_REFUSALS = 2
"""Refused requests in a row after which nothing is sent; five lock a key pair."""


class TokenSource(Protocol):
    """Where tokens come from."""

    scheme: str
    """As `auth` of a profile names it."""
    source: str
    """For people, such as `environment IMS_TUI_TOKEN`."""
    renews: bool
    """Whether it makes new tokens without the operator."""

    async def obtain(self) -> Obtained:
        """Get a token, or say why there is none. Never raises for bad input."""

    async def has_changed(self) -> bool:
        """Whether another token can be read than last time; of most never."""
        return False


class TokenAuth(SignInAuth):
    """Sends a token, whatever its source."""

    def __init__(
        self, source: TokenSource, *, now: Callable[[], datetime], allow_http: bool
    ) -> None:
        super().__init__(self._obtain, now, allow_http=allow_http)
        self._source = source
        self._forget()

    def _forget(self) -> None:
        self._token: Token | None = None
        self._renew_at: datetime | None = None
        self._refused: tuple[Token, Refusal] | None = None
        self._has_other = False
        self._refusals = 0

    @property
    def state(self) -> CredentialState:
        """What is known of the token, for people."""
        token = self._token
        return CredentialState(
            self._source.scheme,
            self._source.source,
            renews=self._source.renews,
            is_accepted=self._turns.is_open,
            expires_at=token.expires_at if token else None,
            project=token.project if token else "",
            project_id=token.project_id if token else "",
            account=token.account if token else "",
            refusal=self._refusal,
            is_stopped=self._refusal is not None and not self._usable(),
            unavailable=self._unavailable,
        )

    def reload(self) -> None:
        """Forget refusals and the token: the next request obtains one anew."""
        super().reload()
        self._forget()

    async def project_id(self) -> str:
        """Id of the project that the token is for; empty where that is not said."""
        return (await self._current()).project_id

    async def endpoint(self) -> str:
        """Address of the service by the catalogue of the token, else empty."""
        return (await self._current()).endpoint

    async def has_changed(self) -> bool:
        """Whether there is another token than the one in use, or the one refused.

        A file that is written again with a refused token would be refused again, and
        five refusals lock an account.
        """
        if self._has_other or not await self._source.has_changed():
            return self._has_other
        refused = self._refused and self._refused[0].value
        found = await self._source.obtain() if refused else None
        self._has_other = not (isinstance(found, Token) and found.value == refused)
        return self._has_other

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send with a token; when it is refused, once more with a new one.

        Raises:
            SignInRefusedError, SignInUnavailableError: there is no token to send.
        """
        check_request(request, self._allow_http)
        token = await self._current()  # before the turn, so that all share one sign-in
        refused: Refusal | None = None
        for _ in range(_MOST_REFUSALS):
            async with self._turns.turn():
                # To look for another one takes a thread where it is in a file: a token
                # that was accepted is looked at once for each request.
                if not (self._turns.is_open and self._usable() is token):
                    token = await self._current()
                request.headers["X-Auth-Token"] = token.value.reveal()
                response = yield request
                refused = await self._judge(token, response)
            if refused is None:
                return
        self._refusal = self._refusal or refused
        assert self._refusal is not None
        raise SignInRefusedError(self._refusal)

    def _usable(self) -> Token | None:
        token = self._token
        return None if token is None or token.is_over(self._now()) else token

    async def _current(self) -> Token:
        """Give the token to send; renew it in the background when its end is near."""
        if await self.has_changed():
            self.reload()
        while (token := self._usable()) is None:
            await self._wait_for_sign_in()
        is_due = self._renew_at is not None and self._now() >= self._renew_at
        if is_due and self._refusal is None:
            self._begin_sign_in()
        return token

    async def _obtain(self) -> Obtained:
        generation = self._generation
        found = await self._source.obtain()
        if generation == self._generation:
            self._take(found)
        return found

    def _take(self, found: Obtained) -> None:
        self._unavailable = found if isinstance(found, Unavailable) else None
        if isinstance(found, Unavailable):
            if self._token is not None:
                self._renew_at = self._token.retry_at(self._now())
        elif isinstance(found, Refusal):
            self._refusal = from_source(found, self._source.source)
        elif self._refused is not None and found.value == self._refused[0].value:
            self._refusal = self._refused[1]
        elif found.is_over(self._now()):
            over = refusal(RefusalKind.TOKEN_EXPIRED)
            self._refusal = from_source(over, self._source.source)
        else:
            self._turns.is_open &= self._is_held(found)
            self._token = found
            self._renew_at = found.renew_at(self._now())

    def _is_held(self, token: Token) -> bool:
        return self._token is not None and self._token.value == token.value

    async def _judge(self, token: Token, response: httpx.Response) -> Refusal | None:
        """Note what a reply says of the token it answers; a refusal is returned."""
        date = service_date(response.headers.get("date", ""), self._now())
        skew_s = (self._now() - date).total_seconds() if date else None
        refused = await read_refusal(response, Scheme.TOKEN, skew_s, (token.value,))
        if refused is not None:
            refused = from_source(refused, self._source.source)
        if not self._is_held(token):
            return refused  # somebody renewed it meanwhile
        if refused is None:
            if is_accepted(response):
                self._turns.is_open = True
                self._refusals = 0
            return None
        self._token = None
        self._turns.is_open = False
        self._refused = (token, refused)
        self._refusals += 1
        if self._refusals >= _MOST_REFUSALS:
            self._refusal = refused
        return refused
