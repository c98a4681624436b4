"""Every kind of credential says all of itself."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from ims_tui.core.config.environment import Environment
from ims_tui.core.config.profile import ProfileTable, read_profile
from ims_tui.core.config.settings import (
    NOUNS,
    SCHEMES,
    AuthSpec,
    CommandSpec,
    KeySpec,
    NoCredential,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.config.spec import KEYS
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.account import account_of

URL = "https://iam.example/v3"
OF_EACH: dict[type, tuple[AuthSpec, ...]] = {
    TokenSpec: (TokenSpec(Secret("t1")), TokenSpec(Secret("t2")), TokenSpec(file="f")),
    PasswordSpec: (
        PasswordSpec(URL, "u", "d", Secret("p")),
        PasswordSpec(URL, "u2", "d", Secret("p")),
        PasswordSpec(URL, "u", "d2", Secret("p")),
    ),
    KeySpec: (KeySpec("ak1", Secret("s")), KeySpec("ak2", Secret("s"))),
    CommandSpec: (CommandSpec(("a", "b")), CommandSpec(("a", "c"))),
    NoCredential: (NoCredential("none found"),),
}


def test_each_kind_is_told_apart() -> None:
    kinds = get_args(AuthSpec)
    assert len(NOUNS) == len({*NOUNS.values()}) == len(kinds) == len(OF_EACH)
    assert {key.scheme for key in KEYS} == {"", *SCHEMES}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_scheme_can_be_asked_for(scheme: str) -> None:
    table = ProfileTable("prod", {"auth": scheme, "region": "eu-de"}, "config.toml")
    auth = read_profile(table, Environment({}))[0].auth
    assert isinstance(auth, NoCredential)
    assert auth.reason


def test_who_is_counted_depends_on_the_owner_and_on_no_secret_beside() -> None:
    every = [auth for kind in get_args(AuthSpec) for auth in OF_EACH[kind]]
    accounts = {account_of(Profile(auth=auth)) for auth in every}
    assert len(accounts) == len(every)
    again = KeySpec("ak1", Secret("another"), source="elsewhere")
    assert account_of(Profile(auth=again)) in accounts
    user = PasswordSpec(URL, "u", "d", Secret("changed"))
    assert account_of(Profile(auth=user)) in accounts
    moved = replace(Profile(auth=again), region="eu-nl")
    assert account_of(moved) not in accounts
