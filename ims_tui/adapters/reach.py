"""Looks whether an address answers, over which TLS, and what time it is there."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import httpx

from ims_tui.adapters.netcause import cause_of, remedy_of
from ims_tui.core.config.settings import Profile
from ims_tui.core.headless.reach import Reach
from ims_tui.core.service.reply import parse_date


async def look(
    profile: Profile, timeout_s: float, now: Callable[[], datetime]
) -> Reach:
    """Send one request without a credential; never raises for what the network does."""
    host = httpx.URL(profile.endpoint).host
    started = time.perf_counter()
    try:
        verify = (
            ssl.create_default_context(cafile=profile.ca_bundle)
            if profile.ca_bundle
            else True
        )
        async with (
            httpx.AsyncClient(verify=verify, timeout=timeout_s) as client,
            client.stream("GET", profile.endpoint) as response,
        ):
            version, valid_until = _tls(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        cause = cause_of(error)
        return Reach(host, now(), cause, remedy_of(cause))
    except OSError as error:  # an SSLError is one, too
        why = "not certificates" if isinstance(error, ssl.SSLError) else error.strerror
        cause = f"{profile.ca_bundle} cannot be read ({why})"
        return Reach(host, now(), cause, "Check ca_bundle of the profile.")
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
