"""What an error code means, and what helps. The table is `codes.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from ims_tui.core.service.job import JobError

_SHORT = r"\d{4}"
_IN_TEXT = r"(?<![\w.])[A-Za-z]+\.[0-9]{4}(?![0-9])"


class Meaning(Struct, frozen=True):
    """One code."""

    code: str
    group: str
    text: str
    """What it means, in a sentence."""
    remedy: str
    """What helps, in a sentence or two."""
    text_zh: str
    """The meaning in Chinese."""
    remedy_zh: str
    source: str
    """The page of the manual it is from: its name and address."""


Explain = Callable[[JobError], Meaning | None]
"""Finds what the error of a job means."""


def unexplained(error: JobError) -> Meaning | None:
    """Explain nothing, where there is no table."""


def read_codes(text: str) -> dict[str, Meaning]:
    """Read the table; its keys are as `find_code` looks for them."""
    table: dict[str, Meaning] = {}
    import tomllib  # 2 ms, and no error is explained before the first frame

    read = tomllib.loads(text)
    pages = {key: f"{p['name']}, {p['url']}" for key, p in read["sources"].items()}
    for group in read["group"]:
        usual = [group["remedy"], group["remedy_zh"]]
        for code, said in group["codes"].items():
            meaning, meaning_zh, *own = said
            remedy, remedy_zh = own or usual
            table[code.upper()] = Meaning(
                code,
                group["name"],
                meaning,
                remedy,
                meaning_zh,
                remedy_zh,
                pages[group["source"]],
            )
    return table


def is_code(text: str) -> bool:
    """Whether a word looks like an error code: `IMG.0057`, `APIGW.0301`, `0057`."""
    prefix, dot, number = text.rpartition(".")
    return bool(re.fullmatch(_SHORT, number)) and (not dot or prefix.isalpha())


def find_code(codes: Mapping[str, Meaning], code: str) -> Meaning | None:
    """The meaning of a code however it is written; None where it is not known.

    Other gateways write `APIG.` or `APIC.` for `APIGW.`; a bare number is one of IMS.
    """
    name = code.strip().upper()
    prefix, dot, number = name.rpartition(".")
    if not dot:
        name = f"IMG.{number}"
    elif prefix in ("APIG", "APIC"):
        name = f"APIGW.{number}"
    return codes.get(name)


def explain_error(codes: Mapping[str, Meaning], error: JobError) -> Meaning | None:
    """The meaning of a job's error; where it has no code, of one in its words.

    The services below write theirs into the text: `CreateELBTask-fail:DWS.0114`.
    """
    if error.code:
        return find_code(codes, error.code)
    found = (find_code(codes, word) for word in re.findall(_IN_TEXT, error.reason))
    return next((meaning for meaning in found if meaning is not None), None)
