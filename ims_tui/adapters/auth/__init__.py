"""Signing in: one `httpx.Auth` per profile, made from the kind of credential it has.

TokenAuth   X-Auth-Token, whoever provides the token:
              HeldToken      environment
              TokenFile      a file, read again when it changes
              PasswordLogin  Keystone v3, renewed before it expires
              TokenCommand   a helper program
KeyAuth     SDK-HMAC-SHA256 with an access key
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import assert_never

import httpx

from ims_tui.adapters.auth.base import SignInAuth
from ims_tui.adapters.auth.command import TokenCommand
from ims_tui.adapters.auth.external_token import NoToken, token_source
from ims_tui.adapters.auth.iam import PasswordLogin, find_project
from ims_tui.adapters.auth.key import KeyAuth
from ims_tui.adapters.auth.token import TokenAuth, TokenSource
from ims_tui.core.config.settings import (
    AuthSpec,
    CommandSpec,
    KeySpec,
    NoCredential,
    PasswordSpec,
    TokenSpec,
)
from ims_tui.core.service.jobservice import JobService

__all__ = ["SignInAuth", "make_auth"]


def make_auth(
    spec: AuthSpec,
    *,
    http: httpx.AsyncClient,
    now: Callable[[], datetime],
    region: str = "",
    allow_http: bool = False,
    wants_endpoint: bool = False,
    service: JobService = JobService.IMS,
) -> SignInAuth:
    """Make what signs a profile's requests.

    Args:
        http: the client IAM is asked with (same proxy and certificates as the profile);
            the caller closes it after the auth.
        now: wall clock, aware UTC.
        region: names the project where the credential names none.
        allow_http: whether the credential may go over plain http beyond loopback.
        wants_endpoint: whether IAM is asked for the address of the service, too.
        service: whose address that is.
    """
    source: TokenSource
    match spec:
        case KeySpec():
            # Without a project the service takes the only one of the account.
            look_up = None
            name = spec.project_name or region
            if not spec.project_id and spec.iam_url and name:
                look_up = partial(find_project, http, spec.iam_url, name)
            return KeyAuth(spec, look_up, now=now, allow_http=allow_http)
        case PasswordSpec():
            source = PasswordLogin(
                spec,
                http,
                now=now,
                region=region,
                allow_http=allow_http,
                wants_endpoint=wants_endpoint,
                service=service,
            )
        case CommandSpec():
            source = TokenCommand(spec)
        case TokenSpec():
            source = token_source(spec)
        case NoCredential():
            source = NoToken(spec.reason, spec.source, spec.remedy)
        case _:
            assert_never(spec)
    return TokenAuth(source, now=now, allow_http=allow_http)
