"""What the system says of a failed call is told in words, by one function."""

from __future__ import annotations

import ast
import errno
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from ims_tui.core.errors import reason_of
from ims_tui.core.toml.reader import read_toml
from tests.test_architecture import PACKAGE, modules


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EACCES, "Permission denied", "/a/b"), "Permission denied"),
        (OSError("[Errno 111] Connect call failed"), "Connect call failed"),
        (
            OSError(98, "Multiple exceptions: [Errno 98] in use, [Errno 99] no such"),
            "Multiple exceptions: in use, no such",
        ),
        (
            ssl.SSLError(1, "[X509: NO_CERTIFICATE] no certificate (_ssl.c:4105)"),
            "no certificate",
        ),
        (ValueError("embedded null byte"), "embedded null byte"),
        (OSError(), "OSError"),
        (
            OSError(errno.ELOOP, "Too many levels"),
            "it is a link, and not followed",
        ),
        (OSError(5, "a\x1b[2Jb"), "a\\x1b[2Jb"),
    ],
)
def test_a_reason_is_in_words(error: Exception, said: str) -> None:
    assert reason_of(error) == said


def raw_uses(path: Path) -> Iterator[str]:
    """Where a message quotes a caught error of the system as Python shows it."""
    for handler in ast.walk(ast.parse(path.read_text())):
        if not isinstance(handler, ast.ExceptHandler) or not handler.name:
            continue
        if handler.type is None or "OSError" not in ast.unparse(handler.type):
            continue
        for node in ast.walk(handler):
            match node:
                case ast.FormattedValue(value=ast.Name(id=handler.name)):
                    yield f"{path.name}:{node.lineno} shows it"
                case ast.Attribute(value=ast.Name(id=handler.name), attr="strerror"):
                    yield f"{path.name}:{node.lineno} strerror"
                case ast.Call(func=func, args=args) if ast.unparse(func) != "reason_of":
                    is_told = ast.unparse(func) == "str" or "_LOG." in ast.unparse(func)
                    if is_told and any(ast.unparse(a) == handler.name for a in args):
                        yield f"{path.name}:{node.lineno} {ast.unparse(func)}"


def test_no_message_quotes_an_error_of_the_system_raw() -> None:
    assert [use for path in modules() for use in raw_uses(path)] == []
    assert PACKAGE.exists()


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 2000, "1_" * 3000 + "1"])
def test_a_number_that_is_too_long_is_named_with_its_line(number: str) -> None:
    with pytest.raises(ValueError, match=r"4096 bits \(at line 3, column \d+\)"):
        read_toml(f"a = 1\n[t]\nb = {number}\n")
