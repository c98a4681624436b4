"""A secret shows itself nowhere but where it is revealed."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest
from msgspec.structs import replace

from ims_tui.core.config.login import Login
from ims_tui.core.config.settings import CommandSpec, KeySpec, PasswordSpec, TokenSpec
from ims_tui.core.signin.secret import STARS, Secret

TEXT = "Sx81-never-shown"
SECRET = Secret(TEXT)


@pytest.mark.parametrize(
    "shown", [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET:>5}"]
)
def test_every_way_to_write_it_gives_stars(shown: str) -> None:
    assert shown.strip() == STARS


def test_what_is_pickled_is_stars() -> None:
    assert TEXT.encode() not in pickle.dumps(SECRET)
    assert pickle.loads(pickle.dumps(SECRET)) == Secret(STARS)


def test_a_copy_is_the_same_secret() -> None:
    assert copy.copy(SECRET) is SECRET
    assert copy.deepcopy([SECRET])[0].reveal() == TEXT


def test_json_does_not_take_it() -> None:
    with pytest.raises(TypeError):
        json.dumps(SECRET)


@pytest.mark.parametrize(
    "holder",
    [
        TokenSpec(SECRET),
        PasswordSpec("https://iam", "u", "d", SECRET),
        KeySpec(TEXT, SECRET, SECRET),
        CommandSpec(("print", TEXT)),
        Login("here", token=TEXT, password=TEXT, access_key=TEXT, secret_key=TEXT),
        replace(Login("here"), security_token=TEXT),
    ],
)
def test_what_holds_one_does_not_show_it(holder: object) -> None:
    try:
        raise ValueError(holder)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert TEXT not in "".join(told.format())
    assert TEXT not in repr(holder)
