"""A credential as values: the token, its health, and the errors of a failed sign-in.

    SignInError                  4  base: no request can be sent
     +-- SignInRefusedError      4  the credential is not taken; stands until reload
     +-- SignInUnavailableError  6  IAM gave no answer; asked again later

The numbers are exit codes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.errors import ImsTuiError
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.service.times import parse_time
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.refusal import (
    Refusal,
    RefusalKind,
    Unavailable,
    refusal,
)
from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.source import is_fixed
from ims_tui.core.text import BOM, duration, printable

ANNOUNCE_S = 1800.0
"""Expiry of a token that nobody renews is announced this long before."""

EARLY_MAX_S = 7200.0
"""A renewed token is replaced at most this long before its end (`Token.renew_at`)."""

RETRY_S = 60.0
"""Pause between two early renewals."""

MAX_TOKEN = 32 * 1024
"""Characters of a token: the gateway takes no longer header."""

_TOKEN = re.compile(r"[\x21-\x7e]+")


class Token(Struct, frozen=True):
    """A project-scoped token."""

    value: Secret
    expires_at: datetime | None = None
    """By this machine's clock; None where nobody said."""
    project: str = ""
    """Name of the project it is for, where known."""
    account: str = ""
    """Name of the account (domain) it is for, where known."""
    project_id: str = ""
    endpoint: str = ""
    """Address of IMS in its catalogue, where that was asked for and names one."""

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and now >= self.expires_at

    def renew_at(self, now: datetime) -> datetime | None:
        """When a token obtained now is to be replaced; None: not by time.

        A tenth of its life before the end, two hours for a day's token: an IAM outage
        shorter than that passes unnoticed, and the old token stays valid meanwhile.
        """
        if self.expires_at is None:
            return None
        life = max(self.expires_at - now, timedelta())
        early = min(life / 10, timedelta(seconds=EARLY_MAX_S))
        return max(self.expires_at - early, self.retry_at(now) or now)

    def retry_at(self, now: datetime) -> datetime | None:
        """When to try again after an early renewal brought nothing."""
        if self.expires_at is None:
            return None
        return min(self.expires_at, now + timedelta(seconds=RETRY_S))


class CredentialState(Struct, frozen=True):
    """What is known of a profile's credential. Never holds a secret."""

    scheme: str
    """As `auth` of a profile names it."""
    source: str
    """Where it came from, such as `environment IMS_TUI_TOKEN`."""
    renews: bool = False
    """Whether a new token is obtained without the operator."""
    is_accepted: bool = False
    """Whether the service took the present credential at least once."""
    expires_at: datetime | None = None
    """By this machine's clock; None: never, or not known."""
    project: str = ""
    """Name or id of the project, where known."""
    project_id: str = ""
    account: str = ""
    refusal: Refusal | None = None
    """Why no credential is obtained any more; a token held goes on to its end."""
    is_stopped: bool = False
    """Whether nothing is sent until reload, for the reason in `refusal`."""
    unavailable: Unavailable | None = None
    """Why the last sign-in brought nothing, while it is so."""

    def left_s(self, now: datetime) -> float | None:
        """Seconds until expiry, never negative; None where it is not known."""
        if self.expires_at is None:
            return None
        return max(0.0, (self.expires_at - now).total_seconds())

    def is_ending(self, now: datetime) -> bool:
        """Whether expiry is near enough to announce: it comes, or may well come.

        A credential that renews itself is announced only while renewing fails.
        """
        left_s = self.left_s(now)
        return self.is_at_risk and left_s is not None and left_s <= ANNOUNCE_S

    @property
    def service_words(self) -> str:
        """What service or helper said of a refusal, masked, beside its cause."""
        if self.refusal is None or self.refusal.said in self.refusal.cause:
            return ""
        return self.refusal.said

    @property
    def is_at_risk(self) -> bool:
        """Whether it ends unless somebody does something."""
        return not self.renews or bool(self.unavailable or self.refusal)


def ending_line(state: CredentialState, now: datetime) -> str:
    """When a credential ends and what happens then, without its subject."""
    left = duration(state.left_s(now) or 0.0)
    if reason := state.unavailable or state.refusal:
        return f"in {left}, and renewing fails: {reason.cause.rstrip('.')}"
    if is_fixed(state.source):
        return f"in {left}; ims-tui has to be started with a new one then"
    return f"in {left}; a new one is taken up as soon as it is there"


class SignInError(ImsTuiError):
    """No request can be sent as this profile."""

    exit_code = 4
    failure: FailureKind
    """What a poll that met this error is."""
    code: str
    """The service's error code; may be empty."""
    retry_after_s: float | None = None


class SignInRefusedError(SignInError):
    """The credential is not taken; it stands until the operator mends and reloads."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.cause)
        is_setting = refusal.kind is RefusalKind.PLAIN_HTTP  # nobody refused anything
        self.failure = (
            FailureKind.MISCONFIGURED if is_setting else FailureKind.AUTH_REJECTED
        )
        self.refusal = refusal
        self.code = refusal.code


class SignInUnavailableError(SignInError):
    """IAM gave no answer; the credential may be good, and asking again may help."""

    exit_code = 6

    def __init__(self, unavailable: Unavailable) -> None:
        super().__init__(unavailable.cause)
        self.unavailable = unavailable
        self.failure = unavailable.failure
        self.code = unavailable.code
        self.retry_after_s = unavailable.retry_after_s


def check_transport(url: str, allow_http: bool) -> None:
    """Let a credential go to `url` only where nobody on the way can read it.

    Raises:
        SignInRefusedError: plain http to another host than loopback.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or (
        parts.scheme == "http" and (allow_http or is_loopback(host))
    ):
        return
    cause = f"The credential is not sent over plain http to {printable(host, 80)}."
    raise SignInRefusedError(refusal(RefusalKind.PLAIN_HTTP, cause))


class TokenFault(Enum):
    """Why a printed text is not a token."""

    EMPTY = "empty"
    RUBBISH = "rubbish"


def read_token(printed: Secret) -> Token | TokenFault:
    """Read a token, or JSON with `token` and `expires_at`, from a helper or a file.

    The JSON of `openstack token issue -f json` (`id`, `expires`) is read too, and so is
    what an editor saved with a byte order mark in front.
    """
    bare = Secret(printed.reveal().removeprefix(BOM).strip())
    if not bare.reveal():
        return TokenFault.EMPTY
    if bare.reveal().startswith("{"):
        return _from_json(bare)
    return _token(bare.reveal())


def _token(text: object) -> Token | TokenFault:
    # Anything else could break out of the header it is sent in.
    if not isinstance(text, str) or len(text) > MAX_TOKEN or not _TOKEN.fullmatch(text):
        return TokenFault.RUBBISH
    return Token(Secret(text))


def _from_json(printed: Secret) -> Token | TokenFault:
    try:
        value = json.loads(printed.reveal())
    except (ValueError, RecursionError):
        return TokenFault.RUBBISH
    if not isinstance(value, Mapping):
        return TokenFault.RUBBISH
    token = _token(value.get("token", value.get("id")))
    expires = value.get("expires_at", value.get("expires"))
    if expires is None or isinstance(token, TokenFault):
        return token
    expires_at = parse_time(expires) if isinstance(expires, str) else None
    return replace(token, expires_at=expires_at) if expires_at else TokenFault.RUBBISH
