"""Looks whether an address answers, over which TLS, and what time it is there."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import httpx

from ims_tui.adapters.certificates import trusted
from ims_tui.adapters.clients import new_client
from ims_tui.adapters.netcause import cause_of, remedy_of
from ims_tui.core.config.settings import Profile
from ims_tui.core.errors import UnusableSettingError
from ims_tui.core.headless.reach import Reach
from ims_tui.core.service.reply import parse_date


async def probe(
    profile: Profile,
    timeout_s: float,
    now: Callable[[], datetime],
    environ: Mapping[str, str] = os.environ,
) -> Reach:
    """Send one request without a credential; never raises for what the network does."""
    host = urlsplit(profile.endpoint).hostname or ""
    started = time.perf_counter()
    try:
        verify = partial(trusted, profile.ca_bundle, environ)
        async with (
            new_client({}, timeout_s, verify, environ) as client,
            client.stream("GET", profile.endpoint) as response,
        ):
            version, valid_until = _tls(response)
    except UnusableSettingError as error:
        return Reach(host, now(), str(error), error.remedy)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        cause = cause_of(error)
        return Reach(host, now(), cause, remedy_of(error))
    return Reach(
        host,
        now(),
        latency_s=time.perf_counter() - started,
        date=parse_date(response.headers.get("date", "")),
        tls=version,
        valid_until=valid_until,
    )


def _tls(response: httpx.Response) -> tuple[str, datetime | None]:
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream is not None else None
    if not isinstance(secured, ssl.SSLObject):
        return "", None
    certificate = cast("dict[str, object]", secured.getpeercert() or {})
    ends = certificate.get("notAfter")
    if not isinstance(ends, str):
        return secured.version() or "", None
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    return secured.version() or "", until
