"""Faults of the service as windows in time, decided without state."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ims_tui.simulator.chance import chance


class FaultKind(StrEnum):
    """What goes wrong; the first two before the gateway reads the request."""

    OUTAGE = "the connection ends without an answer"
    HTML_PAGE = "502 with the page of a load balancer"
    IAM_DOWN = "503 APIGW.0613"
    THROTTLE = "429 APIGW.0308, the limit named in the text"
    INTERNAL = "500 APIGW.0601"
    BAD_GATEWAY = "502 APIGW.0201"
    GATEWAY_TIMEOUT = "504 APIGW.0201"
    SLOW = "a right answer, late"


class Fault(Struct, frozen=True):
    """One kind of trouble in a window that may come back."""

    kind: FaultKind
    begin_s: float
    """Offset from the scenario's start."""
    length_s: float
    every_s: float = 0.0
    """Distance between the beginnings of two windows; 0: only once."""
    share: float = 1.0
    """Part of the requests in a window that is hit, 0..1."""
    limit: str = "limit:200,time:5 minute"
    """What a THROTTLE body names."""
    retry_after_s: int | None = None
    """A `Retry-After` header; the real gateway documents none."""
    delay_s: float = 0.0
    """How late a SLOW answer is, in seconds of the wall clock."""

    def hits(self, seed: int, elapsed_s: float, request_number: int) -> bool:
        """Whether this request meets the fault."""
        since_s = elapsed_s - self.begin_s
        if since_s < 0:
            return False
        if self.every_s:
            since_s %= self.every_s
        if since_s >= self.length_s:
            return False
        return chance(seed, "fault", self.kind.name, request_number) < self.share


def fault_at(
    faults: tuple[Fault, ...], seed: int, elapsed_s: float, request_number: int
) -> Fault | None:
    """The first fault that hits this request."""
    return next((f for f in faults if f.hits(seed, elapsed_s, request_number)), None)
