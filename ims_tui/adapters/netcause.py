"""What the network did, in a few words and with what helps."""

from __future__ import annotations

import logging

import httpx

from ims_tui.core.show import cause_texts as texts
from ims_tui.core.signin.route import Proxy
from ims_tui.core.text import printable

_LOG = logging.getLogger(__name__)

_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, texts.NO_CONNECTION),
    (httpx.PoolTimeout, texts.NO_FREE_CONNECTION),
    (httpx.TimeoutException, texts.NO_ANSWER),
    (httpx.RemoteProtocolError, texts.BROKE_OFF),
    (httpx.ReadError, texts.BROKE_OFF),
    (httpx.WriteError, texts.BROKE_OFF),
    (httpx.DecodingError, texts.BAD_ENCODING),
    (httpx.UnsupportedProtocol, texts.NO_ADDRESS),
    (httpx.InvalidURL, texts.NO_ADDRESS),
    (UnicodeError, texts.NO_ADDRESS),
)


class ProxyFailedError(httpx.ProxyError):
    """A request came as far as a proxy.

    Args:
        proxy: that was to be passed.
        error: what happened there.
    """

    def __init__(self, proxy: Proxy, error: Exception) -> None:
        if isinstance(error, httpx.ProxyError):
            why = texts.proxy_refusal(str(error))
        elif isinstance(error, httpx.HTTPError):
            why = cause_of(error)
        else:
            why = texts.NOT_UNDERSTOOD
        super().__init__(f"proxy {proxy.place} of {proxy.variable}: {why}")
        self.remedy = texts.check_proxy(proxy.variable)


def cause_of(error: Exception) -> str:
    """Say in a few words what the network did."""
    text = str(error)
    if isinstance(error, ProxyFailedError):
        return text
    for mark, words in texts.NETWORK:
        if mark in text:
            return words
    for kind, words in _CAUSES:
        if isinstance(error, kind):
            return words
    _LOG.info(
        "unusual network error: %s %s", type(error).__name__, printable(text, 200)
    )
    return printable(f"{type(error).__name__} {text}".strip(), 120)


def remedy_of(error: Exception) -> str:
    """What one can do about an error; empty where waiting is all."""
    if isinstance(error, ProxyFailedError):
        return error.remedy
    return texts.NETWORK_REMEDIES.get(cause_of(error), "")
