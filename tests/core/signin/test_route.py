"""Which proxy stands between us and an address, by the variables."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.errors import UnusableSettingError
from ims_tui.core.signin.route import proxy_for
from ims_tui.core.text import printable

HOST = "ims.example.com"
PROXY = "http://proxy.example:3128"


def url_of(
    environ: Mapping[str, str],
    host: str = HOST,
    scheme: str = "https",
    port: int | None = None,
) -> str:
    proxy = proxy_for(scheme, host, port, environ)
    return proxy.url.reveal() if proxy else ""


def is_direct(no_proxy: str, host: str = HOST, port: int | None = None) -> bool:
    return not url_of({"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}, host, port=port)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.0.1",
        "::1",
        "[::1]",
        "::ffff:127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "demo.localhost",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("value", [PROXY, "http://proxy:bad"])
def test_this_machine_is_never_asked_through_a_proxy(
    host: str, scheme: str, value: str
) -> None:
    environ = {"HTTP_PROXY": value, "HTTPS_PROXY": value, "ALL_PROXY": value}
    assert url_of(environ, host, scheme) == ""


@pytest.mark.parametrize(
    ("environ", "scheme", "url"),
    [
        ({}, "https", ""),
        ({"HTTPS_PROXY": PROXY}, "https", PROXY),
        ({"HTTPS_PROXY": PROXY}, "http", ""),
        ({"http_proxy": PROXY}, "http", PROXY),
        ({"ALL_PROXY": "socks5://s:1080"}, "https", "socks5://s:1080"),
        ({"all_proxy": "socks5h://s:1080"}, "http", "socks5h://s:1080"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": PROXY}, "https", "http://a:1"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": PROXY}, "https", PROXY),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "https", PROXY),
        ({"HTTPS_PROXY": f" {PROXY}\n"}, "https", PROXY),
        ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, "http", ""),
        ({"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, "http", PROXY),
        ({"HTTPS_PROXY": "http://[2001:db8::1]:3128"}, "https",
         "http://[2001:db8::1]:3128"),
        ({"HTTPS_PROXY": "http://u:p%23s@proxy.example:3128/"}, "https",
         "http://u:p%23s@proxy.example:3128/"),
    ],
)  # fmt: skip
def test_the_variable_that_counts(
    environ: dict[str, str], scheme: str, url: str
) -> None:
    assert url_of(environ, scheme=scheme) == url


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        ("*", HOST, True),
        ("example.com", HOST, True),
        (".example.com", HOST, True),
        ("*.example.com", HOST, True),
        ("*.example.com", "example.com", True),
        ("EXAMPLE.com.", HOST, True),
        ("ample.com", HOST, False),
        ("a.example, ims.example.com", HOST, True),
        ("a.example ims.example.com", HOST, True),
        ("ims.example.com:443", HOST, True),
        ("ims.example.com:8443", HOST, False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.*", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.0.0.0/8", HOST, False),
        ("::1/128", HOST, False),
        ("fd00::/8", "fd12::1", True),
        ("[fd00::]/8", "fd12::1", True),
        ("[fd12::1]", "fd12::1", True),
        ("fd12::1", "[fd12:0::1]", True),
        ("[fd12::1]:443", "fd12::1", True),
        ("[fd12::1]:80", "fd12::1", False),
        ("localhost,127.0.0.0/8,::1/128", HOST, False),
        ("<local>", HOST, False),
        (",, ,", HOST, False),
    ],
)
def test_what_no_proxy_covers(no_proxy: str, host: str, direct: bool) -> None:
    assert is_direct(no_proxy, host) is direct


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("http://proxy:bad", "port"),
        ("http://proxy:99999", "port"),
        ("http://proxy:0", "port"),
        ("http://u:p#s@127.0.0.1:9", "%23"),
        ("http://u:12/s@127.0.0.1:9", "%2F"),
        ("http://u:p s@127.0.0.1:9", "blank"),
        ("http://u:p\x1bs@127.0.0.1:9", "blank"),
        ("ftp://x", "socks5"),
        ("socks4://x:1", "socks5"),
        ("http://", "host"),
        ("http://:3128", "host"),
        ("http://[::1", "address"),
        ("http://u:p@pro!xy:1", "host"),
    ],
)
def test_a_wrong_proxy_is_named_without_its_password(value: str, why: str) -> None:
    with pytest.raises(UnusableSettingError) as caught:
        proxy_for("https", HOST, None, {"ALL_PROXY": value})
    assert str(caught.value).startswith("ALL_PROXY = ")
    assert why in str(caught.value)
    assert "u:" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert caught.value.exit_code == 7


@pytest.mark.parametrize("item", ["foo:bar", "10.0.0.0/99", "[::1", "a/b", "a:1:2x"])
def test_a_wrong_exception_is_named(item: str) -> None:
    with pytest.raises(UnusableSettingError, match=r"^no_proxy = "):
        proxy_for("https", HOST, None, {"HTTPS_PROXY": PROXY, "no_proxy": f"a,{item}"})
    assert proxy_for("https", HOST, None, {"no_proxy": item}) is None


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from([HOST, "10.0.0.1"]))
def test_whatever_stands_there_is_a_proxy_or_named(
    proxy: str, no_proxy: str, host: str
) -> None:
    environ = {"HTTPS_PROXY": proxy, "NO_PROXY": no_proxy}
    try:
        proxy_for("https", host, None, environ)
    except UnusableSettingError as error:
        assert str(error).startswith(("HTTPS_PROXY = ", "NO_PROXY = "))
        assert printable(str(error), 1000) == str(error)
