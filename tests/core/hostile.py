"""Seeded generator of hostile replies, and a search through what they became."""

from __future__ import annotations

import gzip
import json
import random
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from tests.core.samples import JOB_ID, sample

CHARACTERS = (
    "aZ0 \x00\x01\x07\x08\t\n\r\x1b\x7f\x85\x9b\xa0\xad\u0301\u0336\u0489\u05d0\u0627"
    "\u061c\u0903\u0e33\u115f\u1160\u1161\u11a8\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u2800\u3000\u3164\u4e2d\ud800\udbff"
    "\udc00\udfff\ue000\ufdd0\ufe0e\ufe0f\ufeff\uffa0\ufff9\uffff\U0001f1e9\U0001f3fd"
    "\U0001f468\U0001f680\U000e0001\U000e0041\U000e0100\U000f0000\U0010ffff[]{}<>\\\"'/="
)
FIELDS = (
    *("status", "job_id", "job_type", "begin_time", "end_time", "error_code"),
    *("fail_reason", "entities", "image_id", "image_name", "process_percent"),
    *("current_task", "subJobId", "sub_jobs_result", "sub_jobs_list", "sub_jobs"),
    *("results", "error", "message", "code", "error_msg", "alarm_code", "__proto__"),
)
HONEST: tuple[object, ...] = (
    *("SUCCESS", "FAIL", "RUNNING", "INIT", "", JOB_ID, "IMG.0023", "APIGW.0308"),
    *("2026-05-04T08:00:00.100Z", "04-May-2026 16:00:00:100", "31-Dec-9999 23:59:59"),
    *("0001-01-01T00:00:00+14:00", "limit:200,time:5 minute", "\x1b]0;owned\x07"),
    *(
        0.4,
        1,
        24,
        -1,
        1e308,
        float("nan"),
        float("inf"),
        10**25,
        10**400,
        "HUGE",
        True,
        None,
    ),
)
STATUSES = (*[200] * 12, 400, 401, 403, 404, 429, 500, 502, 503, 504, 302, 0, 999)


class Hostile:
    """Replies as bad as they come, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def reply(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one reply."""
        names = ("date", "retry-after", "x-request-id", "location", "x-other")
        headers = {name: self._text() for name in names if self._chance.random() < 0.2}
        return self._chance.choice(STATUSES), headers, self._body()

    def _body(self) -> bytes:
        chance = self._chance
        kind = chance.randrange(12)
        if kind == 0:
            return chance.randbytes(chance.randrange(80))
        if kind == 1:
            return gzip.compress(sample("running.json"))[: chance.randrange(200)]
        if kind == 2:
            bracket = chance.choice([b"[", b'{"a":', b'{"entities":[', b"[{"])
            return bracket * chance.choice([3, 40, 3000])
        body = sample("running-parent.json") if kind == 3 else self._json()
        if kind in (3, 4):  # a few bytes wrong
            mangled = bytearray(body)
            for _ in range(chance.randrange(4)):
                mangled[chance.randrange(len(mangled))] = chance.randrange(256)
            return bytes(mangled)
        if kind == 5:
            return body[: chance.randrange(len(body))]
        if kind == 6:
            return body.decode("utf-8", "replace").encode(
                chance.choice(["utf-16", "utf-8-sig", "utf-32", "utf-7"])
            )
        return body

    def _json(self) -> bytes:
        value = self._job(0)
        if self._chance.random() < 0.7:
            value |= {"job_id": JOB_ID, "status": self._chance.choice(HONEST[:4])}
        text = json.dumps(value, ensure_ascii=self._chance.random() < 0.5)
        text = text.replace('"HUGE"', "9" * 10_000)
        if self._chance.random() < 0.2:
            text = text.replace("}", ",}")
        return text.encode("utf-8", "surrogatepass")

    def _job(self, depth: int) -> dict[str, object]:
        names = self._chance.sample(FIELDS, self._chance.randrange(1, 12 >> depth))
        if self._chance.random() < 0.3:
            names.append(self._text())
        if self._chance.random() < 0.5 and depth == 0:
            names.append("entities")
        return {name: self._value(name, depth) for name in names}

    def _value(self, name: str, depth: int) -> object:
        chance = self._chance
        if depth < 2 and (name == "entities" or chance.random() < 0.1):
            return self._job(depth + 1)
        if depth < 2 and name.startswith("sub_jobs"):
            return [self._job(depth + 1) for _ in range(chance.randrange(3))]
        return chance.choice(HONEST) if chance.random() < 0.5 else self._text()

    def _text(self) -> str:
        text = "".join(self._chance.choices(CHARACTERS, k=self._chance.randrange(12)))
        return text * 2000 if self._chance.random() < 0.0005 else text


def strings_in(value: object) -> Iterator[str]:
    """Every string that can be reached from a value."""
    match value:
        case str():
            yield value
        case Mapping():
            for key, member in value.items():
                yield from strings_in(key)
                yield from strings_in(member)
        case tuple() | list():
            for member in value:
                yield from strings_in(member)
        case None | int() | float() | bytes() | datetime():
            pass
        case _ if isinstance(value, Struct):
            for name in value.__struct_fields__:
                yield from strings_in(getattr(value, name))
        case _:
            raise TypeError(type(value).__name__)


def is_dangerous(text: str) -> bool:
    """Whether a terminal must not be shown this text; no rule of ours is asked."""
    if text.isascii():
        return not text.isprintable()
    categories = {unicodedata.category(char) for char in text}
    return bool(categories & {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
