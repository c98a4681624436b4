"""By whom the service counts requests: the account behind a profile."""

from __future__ import annotations

import hashlib
from typing import assert_never

from ims_tui.core.config.settings import (
    AuthSpec,
    CommandSpec,
    KeySpec,
    NoCredential,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.service.jobservice import JobService


def account_of(profile: Profile) -> str:
    """A name for whom the service counts requests by; no secret can be got from it."""
    is_ims = profile.service is JobService.IMS
    service = () if is_ims else (profile.service.value,)
    place = (profile.endpoint, profile.region, *service)
    identity = "\0".join((*place, *_who(profile.auth)))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _who(auth: AuthSpec) -> tuple[str, ...]:
    match auth:
        case TokenSpec():
            # Of a token nobody can guess, so its hash tells nothing.
            return "token", auth.file or (auth.token.reveal() if auth.token else "")
        case PasswordSpec():
            return "user", auth.domain, auth.user
        case KeySpec():
            return "key", auth.access_key
        case CommandSpec():
            return "command", *auth.argv
        case NoCredential():
            return ("none",)
        case _:
            assert_never(auth)
