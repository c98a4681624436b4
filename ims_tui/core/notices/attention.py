"""Whether the operator looks at the terminal; nobody knows where it does not say."""

from __future__ import annotations

from msgspec import Struct


class Attention(Struct, frozen=True):
    """What is known of the operator at one terminal."""

    is_focused: bool | None = None
    """As the terminal reports it; None where it never did, such as in tmux."""
    keyed_s: float = 0.0
    """Monotonic time of the last key."""
    seen_s: float = 0.0
    """Monotonic time of the last sign of somebody: a key, the focus, or its loss."""

    def is_away(self, now_s: float, after_s: float) -> bool:
        """Whether nobody looks; without a report, whether no key came for so long."""
        if self.is_focused is not None:
            return not self.is_focused
        return now_s - self.keyed_s >= after_s
