"""Values of single fields of a reply, in the forms in which services write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from ims_tui.core.service.jsontext import Json

MOST_IDS = 256
"""Ids read of one list."""


def ids_in(value: Json) -> Iterator[str]:
    """The ids in a text, or in a list of texts or objects; other types hold none.

    As golangsdk reads `__data_images`: one text, or several ids with commas between.
    """
    if isinstance(value, str):
        yield from filter(None, (part.strip() for part in value.split(",")))
    elif isinstance(value, Mapping):
        yield from ids_in(value.get("image_id") or value.get("id"))
    elif isinstance(value, (list, tuple)):
        for item in value[:MOST_IDS]:
            if isinstance(item, (str, Mapping)):
                yield from ids_in(item)


def count_of(value: Json) -> int:
    """Read a whole number, also where it is written as text; 0 where there is none."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"(?a)\d{1,9}", value.strip()) else 0
    return value if isinstance(value, int) else 0


def ratio_of(value: Json) -> float | None:
    """Read a progress value: 0 to 1, or up to 100 where it was meant as percent."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = value.strip() if isinstance(value, str) else ""
    try:
        number = float(text.removesuffix("%") if text else value)
    except (ValueError, OverflowError):
        return None
    if text.endswith("%") and number <= 1:
        number /= 100
    elif 1 < number < 1.001:  # a sum of floats that overshot
        number = 1.0
    return abs(number) if math.isfinite(number) and 0 <= number <= 100 else None
