"""Which proxy a request takes, by the variables of the environment.

As curl and the clients of the service know them: `HTTPS_PROXY`, `HTTP_PROXY` and
`ALL_PROXY` in either case, and `NO_PROXY` with names, addresses and networks. This
machine is never asked through a proxy: there a proxy would be another machine.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from ims_tui.core.errors import UnusableSettingError
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.secret import STARS, Secret
from ims_tui.core.signin.source import CORRECT_IT
from ims_tui.core.text import printable

_SCHEMES = ("http", "https", "socks5", "socks5h")
_NAME = r"[\w*-][\w.*-]*"
_PORTS = {"http": 80, "https": 443}


class Proxy(Struct, frozen=True):
    """A proxy that a variable names."""

    variable: str
    url: Secret
    """With user and password, where it has them."""

    @property
    def place(self) -> str:
        """Host and port, without user and password."""
        return self.url.reveal().partition("://")[2].rpartition("@")[2].rstrip("/")

    def unusable(self, why: str) -> UnusableSettingError:
        """The error that says why the proxy is of no use."""
        return _unusable(self.variable, _starred(self.url.reveal()), why)


def proxy_for(
    scheme: str, host: str, port: int | None, environ: Mapping[str, str]
) -> Proxy | None:
    """The proxy that stands between us and an address; None: it is asked directly.

    Args:
        scheme: `http` or `https`.
        host: name or address, without brackets.
        port: None: the usual one of the scheme.
        environ: the variables.

    Raises:
        UnusableSettingError: a variable that counts here holds no such thing.
    """
    host = host.lower().strip("[]").rstrip(".")
    if is_loopback(host) or host.endswith(".localhost"):
        return None
    variable, text = _chosen(scheme, environ)
    if not text or _is_excepted(host, port or _PORTS.get(scheme, 0), environ):
        return None
    proxy = Proxy(variable, Secret(text if "://" in text else f"http://{text}"))
    _check(proxy)
    return proxy


def _chosen(scheme: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The variable that counts and what it holds, without blanks around it."""
    for name in (f"{scheme}_proxy", "all_proxy"):
        # A web server hands the header `Proxy:` of a visitor to its programs as
        # HTTP_PROXY (CVE-2016-5385).
        is_forged = name == "http_proxy" and "REQUEST_METHOD" in environ
        for variable in (name, *(() if is_forged else (name.upper(),))):
            if text := environ.get(variable, "").strip():
                return variable, text
    return "", ""


def _check(proxy: Proxy) -> None:
    text = proxy.url.reveal()
    if not text.isprintable() or " " in text:
        raise proxy.unusable("it holds a blank or a sign that no address has")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise proxy.unusable("it is not an address") from None
    if parts.scheme not in _SCHEMES:
        raise proxy.unusable("a proxy is http://, https://, socks5:// or socks5h://")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise proxy.unusable(
            "nothing follows the port; in a password # is %23, / is %2F and ? is %3F"
        )
    if not _has_port(parts):
        raise proxy.unusable("the port is not a number from 1 to 65535")
    if not _is_host(parts.hostname or ""):
        raise proxy.unusable("it names no host")


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    if ":" in text:
        return _network(text) is not None
    return bool(re.fullmatch(r"[\w.-]+", text))


def _is_excepted(host: str, port: int, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY lists a host; separated by commas or blanks."""
    variable = next((n for n in ("no_proxy", "NO_PROXY") if environ.get(n)), "NO_PROXY")
    items = environ.get(variable, "").replace(",", " ").split()
    # Each is read, so that a wrong one is named whatever host is asked first.
    covered = [_covers(variable, item, host, port) for item in items]
    return any(covered)


def _covers(variable: str, item: str, host: str, port: int) -> bool:
    name, of_port = _without_port(variable, item)
    if of_port is not None and of_port != port:
        return False
    network, address = _network(name), _network(host)
    if network is not None:
        return (
            address is not None
            and address.version == network.version
            and address.network_address in network
        )
    if "/" in name or not (name.startswith("<") or re.fullmatch(_NAME, name)):
        raise _no_exception(variable, item)
    if "*" in name:
        return fnmatchcase(host, name) or name.removeprefix("*.") == host
    return address is None and (host == name or host.endswith(f".{name}"))


def _without_port(variable: str, item: str) -> tuple[str, int | None]:
    """The host of an item, in lower case and without what may stand around it."""
    text = item.lower()
    name, bracket, port = text.rpartition("]")
    if bracket:
        name = name.removeprefix("[")
    elif text.count(":") == 1:
        name, _, port = text.partition(":")
        bracket, port = ":", f":{port}"
    else:
        name, port = text, ""
    if port and not re.fullmatch(r":[0-9]{1,5}", port) and not port.startswith("/"):
        raise _no_exception(variable, item)
    if port.startswith("/"):  # [2001:db8::]/32
        name, port = name + port, ""
    return name.lstrip(".").rstrip("."), int(port[1:]) if port else None


def _network(
    text: str,
) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.partition("%")[0], strict=False)
    except ValueError:
        return None


def _no_exception(variable: str, item: str) -> UnusableSettingError:
    why = "names, addresses and networks such as 10.0.0.0/8 may stand there"
    return _unusable(variable, item, why)


def _unusable(variable: str, value: str, why: str) -> UnusableSettingError:
    return UnusableSettingError(
        f"{variable} = {printable(value, 80)}: {why}", CORRECT_IT
    )


def _starred(url: str) -> str:
    """An address without its user and password, also where they are written wrongly."""
    scheme, _, rest = url.partition("://")
    _, at, host = rest.rpartition("@")
    return f"{scheme}://{STARS}@{host}" if at else url
