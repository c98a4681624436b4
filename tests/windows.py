"""Whether requests kept a limit in every window, wherever it begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

from ims_tui.core.polling.budget import Limit


def excess(sent: Sequence[float], limit: Limit) -> float:
    """By how many requests the fullest of all windows is over the limit.

    Negative while it is under it. `sent` holds when each went out, in order.
    """
    most, least = -limit.burst, float("inf")
    for number, at_s in enumerate(sent):
        level = number - limit.rate_per_s * at_s
        least = min(least, level)
        most = max(most, level + 1.0 - least - limit.burst)
    return most
