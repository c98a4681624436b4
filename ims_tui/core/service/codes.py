"""What an error code means, and what helps. The table is `codes.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from msgspec import Struct

_SHORT = re.compile(r"\d{4}")


class Meaning(Struct, frozen=True):
    """One code."""

    code: str
    group: str
    text: str
    """What it means, in a sentence."""
    remedy: str
    """What helps, in a sentence or two."""


def read_codes(text: str) -> dict[str, Meaning]:
    """Read the table."""
    table: dict[str, Meaning] = {}
    for group in tomllib.loads(text)["group"]:
        for code, said in group["codes"].items():
            meaning, remedy = said if isinstance(said, list) else (said, "")
            table[code] = Meaning(
                code, group["name"], meaning, remedy or group["remedy"]
            )
    return table


def is_code(text: str) -> bool:
    """Whether a word looks like an error code: `IMG.0057`, `APIGW.0301`, `0057`."""
    prefix, dot, number = text.rpartition(".")
    return bool(_SHORT.fullmatch(number)) and (not dot or prefix.isalpha())


def find_code(codes: Mapping[str, Meaning], code: str) -> Meaning | None:
    """The meaning of a code however it is written; None where it is not known.

    Older gateways write `APIG.` for `APIGW.`; a bare number is one of IMS.
    """
    name = code.strip().upper()
    prefix, dot, number = name.rpartition(".")
    if not dot:
        name = f"IMG.{number}"
    elif prefix == "APIG":
        name = f"APIGW.{number}"
    return codes.get(name)
