"""`ims-tui auth`: which credential is used and why; whether the service takes it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from ims_tui.cli.call import Call, write_json
from ims_tui.cli.parser import add_commands
from ims_tui.core.config.provenance import CredentialChoice, Loaded
from ims_tui.core.config.settings import NoCredential, Profile, Settings
from ims_tui.core.errors import UsageError
from ims_tui.core.headless.signcheck import expiry, iso, lines
from ims_tui.core.headless.verdict import OK, REFUSED, exit_code
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.signin.source import for_commands
from ims_tui.core.text import printable, sentences
from ims_tui.wiring import shared_budget, stored_state, try_profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `status` and `check`."""
    commands = add_commands(parser)
    status = commands.add_parser(
        "status", help="which credential each profile uses and why; sends nothing"
    )
    check = commands.add_parser("check", help="sign in once and make one harmless call")
    for command in (status, check):
        command.add_argument(
            "names", nargs="*", metavar="PROFILE", help="by default all"
        )
        command.add_argument("--json", action="store_true", help="as JSON, schema 2")


async def run(call: Call) -> int:
    """Run one of them; returns the exit code."""
    setup, settings = call.setup, call.settings
    profiles = chosen_profiles(call.args.names, call.args.profile or "", settings)
    if call.args.subcommand == "status":
        loaded = setup.files.loaded
        assert loaded is not None
        return await _status(call, loaded, profiles)
    call.say(call.open_log(setup, settings.log_level))
    ledger = shared_budget(setup.places)
    checks = []
    for profile in profiles:
        check = await try_profile(profile, settings, ledger)
        checks.append(check)
        if not call.args.json:
            call.out.writelines(f"{printable(line)}\n" for line in lines(check))
            call.out.flush()
    if call.args.json:
        _write(call, [check.document() for check in checks])
    return exit_code(check.exit_code for check in checks)


def chosen_profiles(
    names: list[str], profile: str, settings: Settings
) -> list[Profile]:
    """The profiles that were named, else all.

    Raises:
        UsageError: there is no profile of that name.
    """
    known = settings.profiles
    wanted = names or ([profile] if profile else list(known))
    for name in wanted:
        if name not in known:
            there = ", ".join(known) or "none"
            raise UsageError(
                f"'{printable(name, 40)}' is not a profile; there are: {there}"
            )
    return [known[name] for name in dict.fromkeys(wanted)]


def _write(call: Call, profiles: list[dict[str, object]]) -> None:
    write_json(call.out, {"schema": JSON_SCHEMA, "profiles": profiles})


async def _status(call: Call, loaded: Loaded, profiles: list[Profile]) -> int:
    states = {profile.name: await stored_state(profile) for profile in profiles}
    choices = loaded.choices
    if call.args.json:
        _write(call, [_document(p, choices[p.name], states[p.name]) for p in profiles])
    else:
        in_use = loaded.settings.default_profile
        for profile in profiles:
            mark = " (in use)" if profile.name == in_use and len(profiles) > 1 else ""
            call.out.write(f"{printable(profile.name)}{mark}\n")
            for line in _status_lines(profile, choices, states[profile.name]):
                call.out.write(f"  {printable(line)}\n")
    lacking = [p for p in profiles if isinstance(p.auth, NoCredential)]
    return REFUSED if lacking else OK


def _status_lines(
    profile: Profile,
    choices: Mapping[str, CredentialChoice],
    state: CredentialState | None,
) -> Iterator[str]:
    auth, choice = profile.auth, choices[profile.name]
    unknown = "not known" if profile.gap else "by the catalogue of the sign-in"
    yield f"endpoint    {profile.endpoint or unknown}"
    if profile.gap:
        yield f"            {profile.gap}"
    if profile.cloud_note:
        yield f"cloud       {profile.cloud_note}"
    if isinstance(auth, NoCredential):
        yield f"credential  none: {auth.reason.removeprefix('No credential: ')}"
        if auth.remedy:
            yield f"            {for_commands(auth.remedy)}"
    else:
        yield f"credential  {auth.scheme}, {choice.winner}"
        yield f"because     {choice.why}"
        yield f"expires     {_expiry(state)}"
    if state is not None and state.refusal is not None:
        refusal = state.refusal
        yield f"problem     {sentences(refusal.cause, for_commands(refusal.remedy))}"
    for other in choice.passed_over:
        yield f"not used    {other.source}: {other.reason}"


def _expiry(state: CredentialState | None) -> str:
    if state is not None and state.expires_at:
        return expiry(state, datetime.now(UTC))
    if state is not None:
        return "a token alone does not say; the service will refuse it then"
    return "known after signing in: ims-tui auth check"


def _document(
    profile: Profile, choice: CredentialChoice, state: CredentialState | None
) -> dict[str, object]:
    auth = profile.auth
    return {
        "profile": profile.name,
        "region": profile.region or None,
        "endpoint": profile.endpoint or None,
        "cloud_note": profile.cloud_note or None,
        "scheme": None if isinstance(auth, NoCredential) else auth.scheme,
        "source": choice.winner or None,
        "why": choice.why,
        "remedy": auth.remedy or None if isinstance(auth, NoCredential) else None,
        "expires_at": iso(state.expires_at) if state else None,
        "problem": state.refusal.cause if state and state.refusal else None,
        "passed_over": [
            {"source": other.source, "reason": other.reason}
            for other in choice.passed_over
        ],
    }
