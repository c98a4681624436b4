"""The error envelopes of the service and of what stands before it.

IMS `{"error": {"code", "message"}}`; API gateway `{"error_code", "error_msg",
"request_id"}`; IAM as IMS with an integer code; policy denials as the gateway with
`encoded_authorization_message`; HTML or text of load balancers; a bare `message`.
Like the official client, a pair is looked for flat and some levels down under any key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ims_tui.core.service.jsontext import Json, NotJsonError, decode, load
from ims_tui.core.text import printable

MAX_CODE = 64
"""Characters kept of an error code."""

MAX_MESSAGE = 500
"""Characters kept of an error message."""

_DEEPEST = 3
PAIRS = (
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("code", "message"),
)
"""Fields of code and message that stand together."""

_TITLE = re.compile(r"<title[^<>]*>([^<>]*)</title", re.I)
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]*>", re.I | re.S)
_BLANKS = re.compile(r"[ \t\r\n]+")  # other white space is worth seeing
_KEY_ID = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Z0-9]*[A-Z])"
    r"(?!\d{8}T\d{6}Z(?![A-Za-z0-9]))"  # a time of a signature is no key
    r"[A-Z0-9]{16,}(?![A-Za-z0-9])"
)


def mask_keys(body: bytes) -> bytes:
    """Star out what looks like an access key: the gateway echoes it in a 401."""
    # Latin-1 is one character a byte, there and back.
    return _masked(body.decode("latin-1")).encode("latin-1")


def _masked(text: str) -> str:
    return _KEY_ID.sub(lambda found: found[0][:2] + "***", text)


def read_error(body: bytes) -> tuple[str, str]:
    """Code and message of an error body of any kind, printable and masked."""
    try:
        found = error_in(load(body)[0])
    except NotJsonError:
        found = "", ""
    return found if any(found) else ("", _masked(_page_text(decode(body[:4000]))))


def error_in(value: Json, depth: int = 0) -> tuple[str, str]:
    """Code and message in a decoded body, here or a few levels further down."""
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return "", ""
    for code_name, text_name in PAIRS:
        code, text = _word(value, code_name), _word(value, text_name)
        if code or text:
            return _masked(code[:MAX_CODE]), _masked(text[:MAX_MESSAGE])
    for inner in value.values():
        found = error_in(inner, depth + 1)
        if any(found):
            return found
    return "", ""


def _word(value: Mapping[str, Json], name: str) -> str:
    # IAM's code is the HTTP status as an integer: no code of its own.
    word = value.get(name)
    return word.strip() if isinstance(word, str) else ""


def _page_text(text: str) -> str:
    """The title of a page, else its words."""
    title = _TITLE.search(text)
    words = title[1] if title else _TAG.sub(" ", text)
    return printable(_BLANKS.sub(" ", words).strip(" "), 200)
