"""What one harmless call says of a profile: signed in, refused, or not reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from ims_tui.core.config.settings import NoCredential
from ims_tui.core.headless.verdict import OK, code_of_failure
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.signin.source import for_commands
from ims_tui.core.text import duration

PROBE_ID = "0" * 32
"""A job id that cannot exist: ids begin with the name of a host."""


class SignCheck(Struct, frozen=True):
    """The result for one profile. Never holds a secret."""

    profile: str
    outcome: Outcome
    credential: CredentialState | None
    call: str
    """The call in use where it is not the documented one, else empty."""
    at: datetime
    """When the answer came, by this machine's clock."""

    @property
    def failure(self) -> PollFailed | None:
        """Why the profile cannot be used; None where it can."""
        if isinstance(self.outcome, PollOk):
            return None
        kind = self.outcome.kind
        is_of_ims = self.outcome.code.startswith(("IMG.", "Common."))
        if kind is FailureKind.NOT_KNOWN:
            return None
        if kind is FailureKind.REQUEST_REFUSED and is_of_ims:
            return None  # it got as far as IMS, which does not like the id
        return self.outcome

    @property
    def exit_code(self) -> int:
        """What the process ends with: 0, 4 refused, 6 no answer, 7 wrong address."""
        return OK if self.failure is None else code_of_failure(self.failure)

    @property
    def offset_s(self) -> float | None:
        """Seconds this machine's clock is ahead of the service's, where it is known."""
        exchange = self.outcome.exchange
        if exchange is None or exchange.date is None:
            return None
        ahead_s = (self.at - exchange.date).total_seconds() - exchange.latency_s / 2
        # `Date` is cut to whole seconds: within one nothing is known.
        return 0.0 if 0 <= ahead_s <= 1 + exchange.latency_s else ahead_s

    @property
    def service_words(self) -> str:
        """What the service or the helper said of a refusal, masked."""
        return self.credential.service_words if self.credential else ""

    def document(self) -> dict[str, object]:
        """The check as a JSON value."""
        failure, state = self.failure, self.credential
        return {
            "profile": self.profile,
            "ok": failure is None,
            "problem": failure.kind.value if failure else None,
            "cause": failure.cause if failure else None,
            "remedy": failure.remedy or None if failure else None,
            "service_says": self.service_words or None,
            "error_code": self.outcome.code or None
            if isinstance(self.outcome, PollFailed) and failure
            else None,
            "scheme": state.scheme if state else None,
            "source": state.source or None if state else None,
            "account": state.account or None if state else None,
            "project": state.project or None if state else None,
            "project_id": state.project_id or None if state else None,
            "expires_at": iso(state.expires_at) if state else None,
            "renews": state.renews if state else None,
            "clock_offset_s": self.offset_s,
            "call": self.call or None,
        }


def lines(check: SignCheck) -> Iterator[str]:
    """The result for people."""
    failure = check.failure
    if failure is None:
        yield f"{check.profile}: signed in"
    else:
        cause = failure.why
        if failure.kind.is_no_answer and failure.exchange is None:
            cause = f"no answer ({cause})"
        yield f"{check.profile}: {cause}."
        if check.service_words:
            yield f"  the service says: {check.service_words}"
        if failure.remedy:
            yield f"  {for_commands(failure.remedy)}"
    for name, text in _facts(check):
        yield f"  {name:<11} {text}"


def _facts(check: SignCheck) -> Iterator[tuple[str, str]]:
    state = check.credential
    if state is not None and state.scheme != NoCredential.scheme:
        yield "credential", f"{state.scheme}, {state.source or 'given'}"
        yield from _where(state)
        if state.expires_at:
            yield "expires", expiry(state, check.at)
    if check.offset_s is not None:
        yield "clock", f"{offset_text(check.offset_s)} the service's"
    if check.call:
        yield "call", f"GET {check.call} (the documented call is not offered here)"


def _where(state: CredentialState) -> Iterator[tuple[str, str]]:
    if state.account:
        yield "account", state.account
    names = [state.project, state.project_id]
    if project := ", id ".join(filter(None, names)):
        yield "project", project


def expiry(state: CredentialState, now: datetime) -> str:
    """When a credential ends, and whether it renews itself."""
    assert state.expires_at is not None
    left_s = state.left_s(now) or 0.0
    when = f"{state.expires_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    left = f"in {duration(left_s)}" if left_s else "over"
    return f"{when} ({left}{', renewed before' if state.renews else ''})"


def offset_text(offset_s: float) -> str:
    """How our clock stands against another; the other's name follows."""
    if abs(offset_s) < 1:
        return "agrees with"
    way = "ahead of" if offset_s > 0 else "behind"
    return f"{duration(abs(offset_s))} {way}"


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None
