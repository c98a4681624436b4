"""Fields that a value keeps out of its text."""

from __future__ import annotations

from typing import ClassVar

import msgspec
import pytest

from ims_tui.core.values import Discreet


class KeyPair(Discreet, frozen=True):
    hidden: ClassVar = frozenset({"secret_key"})

    access_key: str
    secret_key: str = ""


def test_a_hidden_field_is_not_in_the_text_of_its_value() -> None:
    assert repr(KeyPair("AK1", "s3cret")) == "KeyPair(access_key='AK1')"


def test_a_hidden_field_is_compared_and_replaced_as_any_other() -> None:
    pair = KeyPair("AK1", "s3cret")
    assert pair != KeyPair("AK1", "other")
    assert msgspec.structs.replace(pair, access_key="AK2").secret_key == "s3cret"


def test_a_frozen_value_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        KeyPair("AK1").access_key = "AK2"  # type: ignore[misc]


def test_hidden_names_are_names_of_fields() -> None:
    def below(cls: type[Discreet]) -> list[type[Discreet]]:
        return [cls, *(found for sub in cls.__subclasses__() for found in below(sub))]

    for cls in below(Discreet):
        assert cls.hidden <= set(cls.__struct_fields__), cls
