"""Tries a profile: one sign-in and one harmless call, or only what is stored here."""

from __future__ import annotations

from ims_tui.core.config.account import account_of
from ims_tui.core.config.settings import Profile, Settings, TokenSpec
from ims_tui.core.headless.reach import Reach
from ims_tui.core.headless.signcheck import PROBE_ID, SignCheck
from ims_tui.core.polling.ledger import Ledger
from ims_tui.core.ports import JobSource
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.signin.credential import CredentialState, Token
from ims_tui.core.signin.refusal import Refusal, Scheme


async def try_profile(
    profile: Profile, settings: Settings, ledger: Ledger | None = None
) -> SignCheck:
    """Sign in once and ask about a job that cannot exist.

    Args:
        profile: whom to sign in as.
        settings: for time limits and budget.
        ledger: where the request is booked; None: nowhere.
    """
    from ims_tui.adapters.clock import SystemClock
    from ims_tui.adapters.ims import ImsSource
    from ims_tui.core.polling.budget import Budget
    from ims_tui.engine.follower import BookedSource
    from ims_tui.engine.runtime import limit_of

    clock = SystemClock()
    plain = ImsSource(
        profile,
        now=clock.now,
        timeout_s=settings.poll.request_timeout_s,
        max_in_flight=1,
    )
    source: JobSource = plain
    if ledger is not None:
        budget = Budget(limit_of(profile.budget or settings.poll.budget))
        source = BookedSource(plain, ledger, account_of(profile), budget, clock)
    try:
        outcome = await source.show(PROBE_ID)
        if source.call and _is_undecided(outcome):
            outcome = await source.show(PROBE_ID)  # by the older call
        return SignCheck(
            profile.name, outcome, source.credential, source.call, clock.now()
        )
    finally:
        await source.close()


def _is_undecided(outcome: object) -> bool:
    return (
        isinstance(outcome, PollFailed) and outcome.kind is FailureKind.NOT_UNDERSTOOD
    )


async def look_at(profile: Profile, settings: Settings) -> Reach:
    """Look at a profile's address without its credential."""
    from ims_tui.adapters.clock import SystemClock
    from ims_tui.adapters.reach import look

    return await look(profile, settings.poll.request_timeout_s, SystemClock().now)


async def stored_state(profile: Profile) -> CredentialState | None:
    """What is known of a token that is already here; None where one must sign in."""
    from ims_tui.adapters.auth.stored import HeldToken, TokenFile

    spec = profile.auth
    if not isinstance(spec, TokenSpec) or not (spec.file or spec.token):
        return None
    source = (
        TokenFile(spec.file, spec.source)
        if spec.file or spec.token is None
        else HeldToken(spec.token, spec.source)
    )
    found: Token | Refusal = await source.obtain()
    if isinstance(found, Refusal):
        return CredentialState(Scheme.TOKEN, spec.source, refusal=found)
    return CredentialState(Scheme.TOKEN, spec.source, expires_at=found.expires_at)
