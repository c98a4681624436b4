"""When the last of several jobs ends: by all their ranges, not by the largest one."""

from __future__ import annotations

from heapq import nlargest
from math import erfc, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ims_tui.core.polling.estimate import Quartiles

MOST = 64
"""Jobs that are reckoned with; the others end long before the last."""

_ROOT_2, _QUARTILE_Z = sqrt(2.0), 0.6745
_LEAST_S, _LEAST_WIDTH = 1.0, 0.01
_MOST_DOUBLED, _HALVED = 20, 16
"""Steps of the search: it ends whatever the ranges are."""


def all_ended_s(lefts_s: Iterable[Quartiles]) -> float:
    """Seconds until all have ended, at the median; 0 where there are none.

    The more jobs could be the last one, the later it is.
    """
    last = nlargest(MOST, lefts_s, key=lambda left: left[2])
    if not last:
        return 0.0
    low, high = max(left[1] for left in last), max(_LEAST_S, last[0][2])
    for _ in range(_MOST_DOUBLED):
        if _all_ratio(last, high) >= 0.5:
            break
        high *= 2.0
    for _ in range(_HALVED):
        middle = (low + high) / 2.0
        if _all_ratio(last, middle) < 0.5:
            low = middle
        else:
            high = middle
    return high


def _all_ratio(lefts_s: Sequence[Quartiles], after_s: float) -> float:
    """Chance that all have ended by then."""
    ratio = 1.0
    for low, median, high in lefts_s:
        off = log(max(_LEAST_S, after_s) / max(_LEAST_S, median))
        side = low if off < 0.0 else high
        width = abs(log(max(_LEAST_S, side) / max(_LEAST_S, median)))
        z = off / max(_LEAST_WIDTH, width) * _QUARTILE_Z
        ratio *= 0.5 * erfc(-z / _ROOT_2)
    return ratio
