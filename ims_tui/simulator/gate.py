"""The API gateway's check of credentials: tokens, signatures, locked keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from ims_tui.simulator.account import Account, KeyPair
from ims_tui.simulator.message import (
    RefusedError,
    Request,
    gateway_refusal,
    ims_refusal,
)
from ims_tui.simulator.signature import is_authentic, parse_authorization
from ims_tui.simulator.tokens import expiry, project_of

FAILURES_ALLOWED = 5
"""More consecutive failures than this lock a key pair, or a user."""
LOCK_TIME = timedelta(minutes=5)
NO_RIGHTS = "Policy doesn't allow ims:imageJobs:getPercentage to be performed."


class Lockout:
    """Consecutive failures per name, and who is locked until when."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, datetime] = {}

    def is_locked(self, name: str, now: datetime) -> bool:
        """Whether this name has to wait, whatever it now presents."""
        until = self._locked_until.get(name)
        return until is not None and now < until

    def record(self, name: str, is_right: bool, now: datetime) -> None:
        """Count a failure or forget the earlier ones."""
        failures = 0 if is_right else self._failures.get(name, 0) + 1
        if failures > FAILURES_ALLOWED:
            self._locked_until[name] = now + LOCK_TIME
            failures = 0
        self._failures[name] = failures


class Gate:
    """Lets a request of the account through or raises the gateway's refusal.

    Args:
        account: who may call.
        token_key: what tokens are signed with.
        token_end: when the account's ready token dies; None: never.
    """

    def __init__(
        self, account: Account, token_key: bytes, token_end: datetime | None
    ) -> None:
        self._account = account
        self._token_key = token_key
        self._token_end = token_end
        self._lockout = Lockout()

    def check(self, request: Request, now: datetime, request_id: str) -> None:
        """Raise RefusedError: 401 for a wrong credential, 403 for missing rights."""
        cause = self._cause(request, now)
        if cause is not None:
            raise _incorrect(cause, request_id)
        is_powerless = (
            request.headers.get("x-auth-token") == self._account.powerless_token
        )
        if is_powerless and not request.path.startswith("/v3/"):
            raise ims_refusal("IMG.0026", NO_RIGHTS, status=403)
        project_id = request.headers.get("x-project-id")
        known = {project.id for project in self._account.projects}
        if project_id is not None and project_id not in known:
            raise gateway_refusal(
                403, "APIGW.0310", "The project is unavailable.", request_id
            )

    def project_id(self, request: Request) -> str:
        """The project that a request was signed in to."""
        token = request.headers.get("x-auth-token")
        if token:
            return project_of(self._token_key, token) or self._account.project.id
        return request.headers.get("x-project-id") or self._account.project.id

    def _cause(self, request: Request, now: datetime) -> str | None:
        authorization = request.headers.get("authorization")
        token = request.headers.get("x-auth-token")
        if token:
            return self._token_cause(token, now)
        if authorization:
            return self._signature_cause(request, authorization, now)
        return "x-auth-token not found"

    def _token_cause(self, token: str, now: datetime) -> str | None:
        if token in (self._account.token, self._account.powerless_token):
            end = self._token_end
        else:
            end = expiry(self._token_key, token)
            if end is None:
                return "decrypt token fail"
        if end is not None and now >= end:
            return f"token expires, expires_at: {end:%Y-%m-%dT%H:%M:%SZ}"
        return None

    def _signature_cause(
        self, request: Request, authorization: str, now: datetime
    ) -> str | None:
        signature = parse_authorization(authorization)
        if signature is None:
            return "authorization header is invalid"
        pair = self._account.key_pair(signature.access_key)
        if pair is None:
            return f"ak {signature.access_key} not exist"
        if self._lockout.is_locked(pair.access_key, now):
            return "AK access failed to reach the limit,forbidden."
        if not _has_right_security_token(request, pair):
            return "decrypt token fail"
        is_right = is_authentic(request, signature, pair.secret_key, now)
        self._lockout.record(pair.access_key, is_right, now)
        return None if is_right else "verify aksk signature fail, ......"


def _has_right_security_token(request: Request, pair: KeyPair) -> bool:
    return request.headers.get("x-security-token") == pair.security_token


def _incorrect(cause: str, request_id: str) -> RefusedError:
    message = f"Incorrect IAM authentication information: {cause}"
    return gateway_refusal(401, "APIGW.0301", message, request_id)
