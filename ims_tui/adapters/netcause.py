"""What the network did, in a few words and with what helps."""

from __future__ import annotations

import logging

import httpx

from ims_tui.core.signin.route import Proxy
from ims_tui.core.text import printable

_LOG = logging.getLogger(__name__)

_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.PoolTimeout, "no free connection in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.RemoteProtocolError, "the connection broke off"),
    (httpx.ReadError, "the connection broke off"),
    (httpx.WriteError, "the connection broke off"),
    (httpx.DecodingError, "an unreadable content encoding"),
    (httpx.UnsupportedProtocol, "not an http address"),
    (httpx.InvalidURL, "not an http address"),
    (UnicodeError, "not an http address"),
)
_UNTRUSTED = "the certificate is not trusted"
_OTHER_HOST = "the certificate is of another host"
_OLD_TLS = "the service offers only an old TLS"
_NO_NAME = "DNS lookup failed"
_WORDS = (
    ("Hostname mismatch", _OTHER_HOST),
    ("IP address mismatch", _OTHER_HOST),
    ("certificate has expired", "the certificate has expired"),
    ("certificate is not yet valid", "the certificate is not valid yet"),
    ("CERTIFICATE_VERIFY_FAILED", _UNTRUSTED),
    ("UNSUPPORTED_PROTOCOL", _OLD_TLS),
    ("PROTOCOL_VERSION", _OLD_TLS),
    ("SSL", "TLS failed"),
    ("Name or service not known", _NO_NAME),
    ("nodename nor servname", _NO_NAME),
    ("No address associated", _NO_NAME),
    ("Temporary failure in name resolution", _NO_NAME),
    ("Connection refused", "connection refused"),
    ("Network is unreachable", "network unreachable"),
    ("All connection attempts failed", "connection refused"),
)
_REMEDIES = {
    _UNTRUSTED: "Name the authority's file in ca_bundle, or in SSL_CERT_FILE.",
    "the certificate is not valid yet": "Check the clock of this machine.",
    _OLD_TLS: "TLS 1.2 or newer is needed: tell the owner of the endpoint.",
    _NO_NAME: "Check endpoint and region of the profile, and the name server.",
}
_NO_USER = "it wants a user and a password"
_BAD_USER = "it does not take the user and the password"
_UNREACHED = "Proxy Server could not connect: "

# What the sign-in to a proxy lacks, by what httpcore quotes of its reply.
_PROXY_WORDS = (
    ("407 ", _NO_USER),
    ("Requested NO AUTHENTICATION", _NO_USER),
    ("Requested USERNAME", _BAD_USER),
    ("Invalid username/password", _BAD_USER),
)


class ProxyFailedError(httpx.ProxyError):
    """A request came as far as a proxy.

    Args:
        proxy: that was to be passed.
        error: what happened there.
    """

    def __init__(self, proxy: Proxy, error: Exception) -> None:
        if isinstance(error, httpx.ProxyError):
            why = _refusal(str(error))
        elif isinstance(error, httpx.HTTPError):
            why = cause_of(error)
        else:
            why = "its reply is not understood"
        super().__init__(f"proxy {proxy.place} of {proxy.variable}: {why}")
        self.remedy = (
            f"Check {proxy.variable}; what NO_PROXY names is asked without a proxy. "
            "Then start ims-tui again."
        )


def _refusal(text: str) -> str:
    """What a proxy says, by what httpcore quotes of it."""
    for mark, words in _PROXY_WORDS:
        if text.startswith(mark):
            return words
    if text.startswith(_UNREACHED):
        why = printable(text.removeprefix(_UNREACHED), 60).rstrip(".").lower()
        return f"it does not reach the service ({why})"
    status = text.partition(" ")[0]
    return f"it refuses with HTTP {status}" if status.isdigit() else "it refuses"


def cause_of(error: Exception) -> str:
    """Say in a few words what the network did."""
    text = str(error)
    if isinstance(error, ProxyFailedError):
        return text
    for mark, words in _WORDS:
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
    return _REMEDIES.get(cause_of(error), "")
