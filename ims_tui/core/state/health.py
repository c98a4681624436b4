"""The health of one profile's connection to the service, and how a poll changes it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.moment import Moment, ServiceClock
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.traffic import Traffic
from ims_tui.core.watchlist.watch import JobKey

if TYPE_CHECKING:
    from ims_tui.core.signin.credential import CredentialState

OFFLINE_TRIES = 2
"""Requests in a row without an answer before the profile counts as offline."""

WITNESS_S = 90.0
"""Faults of the service for one job alone count as an outage after this long: by then
any other job would have been asked."""


class Link(StrEnum):
    """State of the link of a profile."""

    IDLE = "idle"
    """Nothing was asked yet, or there is nothing to ask."""
    LIVE = "live"
    OFFLINE = "offline"
    THROTTLED = "throttled"
    STOPPED = "stopped"
    """The service refused the credential, the permission or the address."""


NO_PROFILE = PollFailed(
    FailureKind.NO_PROFILE,
    "no such profile",
    remedy="Add it to config.toml, or change the profile of these jobs in the list.",
)


class Health(Struct, frozen=True):
    """Link, cause and clock of one profile."""

    profile: str
    link: Link = Link.IDLE
    failure: PollFailed | None = None
    """Why the link is not live."""
    since: Moment | None = None
    """Since when the link is as it is; offline: the first request without an answer."""
    last_good: Moment | None = None
    tries: int = 0
    """Requests without an answer since the link broke."""
    next_try_s: float | None = None
    """Monotonic time of the next request while offline or throttled."""
    clock: ServiceClock = field(default_factory=ServiceClock)
    rate_per_s: float = 0.0
    """Requests a second, lately."""
    call: str = ""
    """Which call answers, where it is not the documented one."""
    credential: CredentialState | None = None
    """As of the last request."""
    answered: Moment | None = None
    """When the service last answered anything at all."""
    offline_since: Moment | None = None
    """The first request of an outage that no answer has ended; outlives a restart."""
    refused_since: Moment | None = None
    """Since when no answer was accepted as ours; outlives a restart."""
    silence: tuple[JobKey, Moment] | None = None
    """The first job without an answer since the last answer, and when."""
    astray: JobKey | None = None
    """The one job whose address was refused since the last good reply."""
    slowed_per_min: int | None = None
    """Requests a minute, where refusals keep the budget below the configured one."""
    allowed_per_min: int = 0
    """Requests a minute that the budget allows in the long run; 0: not known yet."""
    traffic: Traffic = Traffic()

    def observed(self, outcome: Outcome, now: Moment) -> Health:
        """With the clock of a reply."""
        exchange = outcome.exchange
        if exchange is None or exchange.date is None:
            return self
        clock = self.clock.observe(exchange.date, now, exchange.latency_s)
        return self if clock is self.clock else replace(self, clock=clock)

    def after(
        self,
        key: JobKey,
        outcome: Outcome,
        now: Moment,
        *,
        is_own_fault: bool = False,
        is_only: bool = False,
    ) -> Health:
        """Health after a poll.

        Args:
            key: the job that was asked about.
            outcome: what came back.
            now: when.
            is_own_fault: the job went without an answer while others got theirs.
            is_only: there is no other job that could be asked.
        """
        if isinstance(outcome, PollOk):
            if self.link is Link.STOPPED:
                return replace(self, last_good=now, astray=None)
            return self._turned(Link.LIVE, None, now, last_good=now, astray=None)
        kind = outcome.kind
        if self.link is Link.STOPPED or kind is FailureKind.UNEXPECTED:
            return self  # a late answer does not start a stopped profile
        if kind.stops_profile:
            if self.is_stopped_by(key, outcome, is_only):
                return self._turned(Link.STOPPED, outcome, now)
            return replace(self, astray=key)
        if kind is FailureKind.THROTTLED:
            return self._turned(Link.THROTTLED, outcome, now)
        if kind.is_no_answer:
            return self._not_answered(key, outcome, now, is_own_fault, is_only)
        if kind is FailureKind.NOT_UNDERSTOOD and self.link is Link.OFFLINE:
            return self  # a page of the network, not of the service, proves nothing
        return self._turned(Link.LIVE, None, now)

    def restarted(self, now: Moment) -> Health:
        """Health before the next request decides anew: after a reload, or idle."""
        return replace(
            self,
            link=Link.IDLE,
            failure=None,
            since=now,
            tries=0,
            silence=None,
            astray=None,
        )

    def is_stopped_by(self, key: JobKey, outcome: Outcome, is_only: bool) -> bool:
        """Whether an outcome is a refusal that all further requests would meet.

        A wrong address of one job among others that get good replies is a fault of
        that job, until a second job meets it.
        """
        if isinstance(outcome, PollOk) or not outcome.kind.stops_profile:
            return False
        if outcome.kind is not FailureKind.WRONG_ENDPOINT or is_only:
            return True
        has_answers = self.link in (Link.LIVE, Link.THROTTLED)
        return not has_answers or self.astray not in (None, key)

    def is_own_fault(self, entry: Entry) -> bool:
        """Whether others were answered since a job got no answer."""
        if entry.failure is None or not entry.failure.kind.is_no_answer:
            return False
        if entry.failed is None or self.answered is None:
            return False
        return self.answered.since_s(entry.failed) > 0

    def _turned(
        self, link: Link, failure: PollFailed | None, now: Moment, **more: Any
    ) -> Health:
        refused = self.refused_since
        if link is Link.STOPPED:
            refused = refused or now
        elif link is Link.LIVE:
            refused = None
        return replace(
            self,
            link=link,
            failure=failure,
            offline_since=None,
            refused_since=refused,
            since=self.since if link is self.link and self.since else now,
            tries=0,
            answered=now,
            silence=None,
            **more,
        )

    def _not_answered(
        self,
        key: JobKey,
        failure: PollFailed,
        now: Moment,
        is_own_fault: bool,
        is_only: bool,
    ) -> Health:
        """Tell a service that is away from one job that only gets faults.

        A fault of the service needs a second job as witness, where there is one and
        its turn comes soon.
        """
        if self.silence is None and is_own_fault and not is_only:
            return self
        first, since = self.silence or (key, now)
        tries = self.tries + 1
        has_witness = (
            is_only
            or key != first
            or failure.kind is FailureKind.UNREACHABLE
            or now.since_s(since) >= WITNESS_S
        )
        silent = replace(self, tries=tries, silence=(first, since))
        if self.link is Link.OFFLINE:
            return replace(silent, failure=failure)
        if tries >= OFFLINE_TRIES and has_witness:
            return replace(
                silent,
                link=Link.OFFLINE,
                failure=failure,
                since=since,
                offline_since=self.offline_since or since,
            )
        return silent


def without_profile(profile: str, now: Moment) -> Health:
    """Health of jobs whose profile is not in the configuration."""
    return Health(profile, Link.STOPPED, NO_PROFILE, since=now)
