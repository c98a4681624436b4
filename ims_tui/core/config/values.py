"""Kinds of setting values: what each accepts, and how it is written.

A kind reads a raw TOML value, or the text of a variable or option, and gives the value
in force; it writes that value back in the form the operator may type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import time

from msgspec import Struct

from ims_tui.core.signin.address import address
from ims_tui.core.text import printable

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Texts, not compiled: `re` compiles each at its first use and keeps it.
_DURATION = r"(?a)(?=\d)" + "".join(
    rf"(?:(\d{{1,9}}(?:\.\d{{1,3}})?){unit})?" for unit in "dhms"
)
_LENGTH = _DURATION.removeprefix("(?a)").replace(r"\d", "[0-9]")
"""A duration in the words of every dialect of patterns."""
_RATE = r"(?a)(\d{1,9})/(.+)"
_REGION = r"[A-Za-z][A-Za-z0-9_-]{0,62}"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_IDENTIFIER = r"[A-Za-z0-9_-]{1,64}"
_PAGE_FIELDS = r"\{(?:region|project_id|job_id|image_id)\}"
_PAGE = (
    rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:[/?#](?:[!-z|~]|{_PAGE_FIELDS})*)?"
)
"""The address of a page with names in braces, never with a user before its host."""
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
SECRET = "never in this file"
"""What `ValueKind.allowed` says of keys that would hold a secret."""

_LONGEST_S = 10 * 366 * 86400.0
_FORMS = '"10s", "5m", "2h" or "7d"'


class Rate(Struct, frozen=True):
    """At most so many requests in any window."""

    requests: int = 200
    window_s: float = 300.0


class UnacceptableError(Exception):
    """A raw value is not of its kind; the text goes on after `key = value`."""


class ValueKind(Struct, frozen=True):
    """One kind of value."""

    read: Callable[[object], object]
    """Raw value to value. Raises UnacceptableError."""
    write: Callable[[object], str]
    """Value to TOML text."""
    allowed: str = ""
    """What is allowed, in words for the example and the documentation."""
    schema: Mapping[str, object] = {}
    """What a JSON Schema can say of a raw value; never stricter than `read`."""
    is_choice: bool = False
    """Whether `allowed` says more than the value itself: words, or bounds."""


def text_of(pattern: str) -> dict[str, object]:
    """A JSON Schema of texts that match a pattern as a whole."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def list_of(items: Mapping[str, object], **more: object) -> dict[str, object]:
    """A JSON Schema of lists."""
    return {"type": "array", "items": items, **more}


def shown(raw: object) -> str:
    """Show a raw value in a message: TOML form, safe, short."""
    match raw:
        case bool():
            return "true" if raw else "false"
        case int() if abs(raw) >= 10**20:
            return "a number of more than 20 digits"
        case str():
            return _short(_quoted(raw[:80]))
        case list():
            return "an empty list" if not raw else "a list"
        case Mapping():
            return "a table"
        case _:
            return _short(str(raw))


def _short(text: str) -> str:
    """Cut once more what has become long by its escapes."""
    safe = printable(text, 60)
    return safe if len(safe) < 90 else f"{safe[:88]}.."


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise UnacceptableError("is not a text in quotes")
    if printable(raw, len(raw)) != raw:
        raise UnacceptableError("holds control characters")
    return raw


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(part, str) for part in raw):
        raise UnacceptableError('is not a list of texts such as ["one", "two"]')
    return tuple(_text(part) for part in raw)


def _write_list(value: object) -> str:
    parts = value if isinstance(value, tuple) else ()
    return _quoted(list(parts))


def _quoted(value: object) -> str:
    import json  # 2 ms, and a start writes no value

    return json.dumps(value, ensure_ascii=False)


def _boolean(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise UnacceptableError("is neither true nor false")
    return raw


def nearest(word: str, choices: Collection[str]) -> str:
    """The choice most like a word; empty if none is."""
    # difflib costs 6 ms to import and only mistakes need it.
    from difflib import get_close_matches

    close = get_close_matches(word[:100].lower(), sorted(choices), 1, 0.6)
    return close[0] if close else ""


def not_among(word: object, choices: Collection[str]) -> str:
    """Say that a word is none of the choices, with the nearest one."""
    close = nearest(word, choices) if isinstance(word, str) else ""
    return f"is not one of {', '.join(choices)}" + (
        f" (nearest: {close})" * bool(close)
    )


def one_of(*choices: str) -> ValueKind:
    """One word of a fixed set."""

    def read(raw: object) -> str:
        if raw not in choices:
            raise UnacceptableError(not_among(raw, choices))
        return str(raw)

    return ValueKind(read, _quoted, ", ".join(choices), {"enum": [*choices]}, True)


def some_of(*choices: str) -> ValueKind:
    """A list of words of a fixed set, each once."""

    def read(raw: object) -> tuple[str, ...]:
        words = _texts(raw)
        for word in words:
            if word not in choices:
                raise UnacceptableError(
                    f"has {shown(word)}, which {not_among(word, choices)}"
                )
        if len(set(words)) < len(words):
            raise UnacceptableError("names something twice")
        return words

    schema = list_of({"enum": [*choices]}, uniqueItems=True)
    return ValueKind(read, _write_list, ", ".join(choices), schema, True)


def number(least: float, most: float, *, whole: bool = False) -> ValueKind:
    """A number within bounds."""
    allowed = f"{least:g} to {most:g}"
    noun = "a whole number" if whole else "a number"

    def read(raw: object) -> float:
        right = isinstance(raw, int if whole else int | float)
        if not right or isinstance(raw, bool):
            raise UnacceptableError(f"is not {noun} from {allowed}")
        assert isinstance(raw, int | float)
        if not least <= raw <= most:  # false for nan as well
            raise UnacceptableError(f"is not {noun} from {allowed}")
        return int(raw) if whole else float(raw)

    schema = {
        "type": "integer" if whole else "number",
        "minimum": least,
        "maximum": most,
    }
    return ValueKind(read, lambda value: str(value), allowed, schema, True)


def _seconds(raw: object) -> float:
    if raw == "0" or (raw == 0 and not isinstance(raw, bool)):
        return 0.0
    if isinstance(raw, str) and (found := re.fullmatch(_DURATION, raw.strip())):
        parts = zip(found.groups(), "dhms", strict=True)
        return sum(float(text) * _UNITS_S[unit] for text, unit in parts if text)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raise UnacceptableError(f"has no unit. Write {_FORMS}")
    if isinstance(raw, str) and raw.strip().isdecimal():
        raise UnacceptableError(f"has no unit. Write {_FORMS}")
    raise UnacceptableError(f"is not a duration such as {_FORMS}")


def duration_text(seconds: float) -> str:
    """Write a duration in its largest whole unit: `90s`, `5m`, `7d`, `0`."""
    if seconds == 0:
        return "0"
    for unit in "dhm":
        if seconds % _UNITS_S[unit] == 0:
            return f"{seconds / _UNITS_S[unit]:.0f}{unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def duration(least_s: float = 0.0, most_s: float = _LONGEST_S) -> ValueKind:
    """A length of time with its unit, in seconds when read."""

    def read(raw: object) -> float:
        seconds = _seconds(raw)
        if seconds < least_s:
            raise UnacceptableError(f"is shorter than {duration_text(least_s)}")
        if seconds > most_s:
            raise UnacceptableError(f"is longer than {duration_text(most_s)}")
        return seconds

    def write(value: object) -> str:
        return _quoted(duration_text(value if isinstance(value, float) else 0.0))

    with_unit = text_of(rf"\s*{_LENGTH}\s*")
    schema = with_unit if least_s else {"anyOf": [with_unit, {"enum": [0, "0"]}]}
    least, most = duration_text(least_s), duration_text(most_s)
    bounds = f"{least} to {most}" if most_s < _LONGEST_S else f"{least} or longer"
    return ValueKind(read, write, bounds if least_s else "", schema, least_s > 0)


def rate_text(rate: Rate) -> str:
    """Write a rate: `200/5m`."""
    return f"{rate.requests}/{duration_text(rate.window_s)}"


def _rate(raw: object) -> Rate:
    refusal = UnacceptableError('is not a rate such as "200/5m"')
    found = re.fullmatch(_RATE, raw.strip()) if isinstance(raw, str) else None
    if not found:
        raise refusal
    try:
        window_s = _seconds(found[2])
    except UnacceptableError:
        raise refusal from None
    requests = int(found[1])
    if not (1 <= requests <= 1_000_000 and 1 <= window_s <= 86400):
        raise UnacceptableError("is not between 1 and 1000000 requests in 1s to 1d")
    return Rate(requests, window_s)


def _write_rate(value: object) -> str:
    return _quoted(rate_text(value)) if isinstance(value, Rate) else '""'


def matching(pattern: str, what: str) -> ValueKind:
    """A text of a certain form."""

    def read(raw: object) -> str:
        if not isinstance(raw, str) or not re.fullmatch(pattern, raw):
            raise UnacceptableError(f"is not {what}")
        return raw

    return ValueKind(read, _quoted, what, text_of(pattern))


def _url(raw: object) -> str:
    if isinstance(raw, str) and (found := address(raw)):
        return found
    raise UnacceptableError('is not an address such as "https://host/path"')


def _program(raw: object) -> tuple[str, ...]:
    argv = raw if isinstance(raw, list) else []
    if not argv or not all(isinstance(part, str) for part in argv) or not argv[0]:
        raise UnacceptableError('is not a program with its arguments, ["program", "x"]')
    if any("\0" in part for part in argv):
        raise UnacceptableError("holds a null character")
    return tuple(argv)


def _hours(raw: object) -> tuple[time, ...]:
    if raw == "":
        return ()
    try:
        begins, ends = map(time.fromisoformat, str(raw).strip().split("-"))
    except ValueError:
        begins = ends = time()
    if begins == ends or begins.tzinfo or ends.tzinfo:
        raise UnacceptableError('is not hours such as "22:00-07:30"')
    return begins, ends


def _write_hours(value: object) -> str:
    times = value if isinstance(value, tuple) else ()
    return _quoted("-".join(f"{at:%H:%M}" for at in times))


_PLAIN = text_of(r"[^\u0000-\u001f\u007f-\u009f]*")

BOOLEAN = ValueKind(
    _boolean,
    lambda value: "true" if value else "false",
    "true or false",
    {"type": "boolean"},
)
TEXT = ValueKind(_text, _quoted, schema=_PLAIN)
PATH = ValueKind(_text, _quoted, "a file", _PLAIN)
TEXTS = ValueKind(_texts, _write_list, schema=list_of(_PLAIN))
RATE = ValueKind(
    _rate,
    _write_rate,
    'requests in a time, such as "200/5m"',
    text_of(rf"\s*0*[1-9][0-9]{{0,8}}/\s*{_LENGTH}\s*"),
)
PROGRAM = ValueKind(
    _program,
    _write_list,
    "a program and its arguments; no shell",
    list_of(text_of(r"[^\u0000]*"), minItems=1),
)
URL = ValueKind(_url, _quoted, "an address", text_of(r"[Hh][Tt]{2}[Pp][Ss]?://[^\s]+"))
REGION = matching(_REGION, 'a region such as "cn-north-4"')
HOURS = ValueKind(
    _hours, _write_hours, 'such as "22:00-07:30"; empty: never', {"type": "string"}
)
HOST = matching(_HOST, 'a domain such as "myhuaweicloud.eu"')
PAGE = matching(
    _PAGE,
    'an https address such as "https://console.example.com/?region={region}"; it may'
    " name {region}, {project_id}, {job_id} and {image_id}",
)
IDENTIFIER = matching(_IDENTIFIER, "an id of letters, digits and hyphens")
VARIABLE = matching(_VARIABLE, "the name of an environment variable")


def unused(value: object, why: str) -> ValueKind:
    """A key that is read so that its default can stand there, and does nothing."""
    text = shown(value)

    def read(raw: object) -> object:
        if raw != value or isinstance(raw, bool) != isinstance(value, bool):
            raise UnacceptableError(why)
        return value

    return ValueKind(read, lambda _: text, text, {"enum": [value]})


def secret(instead: str) -> ValueKind:
    """A key that is known and refused, since a secret does not belong in the file."""
    words = f"would be a secret in this file: use {instead}"

    def read(_raw: object) -> object:
        raise UnacceptableError(words)

    return ValueKind(read, lambda _: '"***"', SECRET, {"not": {}, "description": words})
