"""Which exit code wins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.headless.verdict import PRECEDENCE, code_of_failure, exit_code
from ims_tui.core.service.outcome import FailureKind, PollFailed

CODES = st.lists(st.sampled_from([*PRECEDENCE, 0, 1, 99]))


def test_the_order_is_the_documented_one() -> None:
    assert PRECEDENCE == (130, 143, 129, 2, 7, 4, 3, 5, 6, 124)


@given(CODES)
def test_the_first_that_applies_wins(codes: list[int]) -> None:
    code = exit_code(codes)
    ranked = [c for c in PRECEDENCE if c in codes]
    if ranked:
        assert code == ranked[0]
    else:
        assert code == (1 if set(codes) - {0} else 0)


@given(CODES)
def test_neither_order_nor_number_matter(codes: list[int]) -> None:
    assert exit_code(codes) == exit_code([*reversed(codes), *codes, 0])


def test_every_kind_of_failure_has_a_code() -> None:
    codes = {k: code_of_failure(PollFailed(k, "why")) for k in FailureKind}
    assert codes[FailureKind.AUTH_REJECTED] == codes[FailureKind.ACCESS_DENIED] == 4
    assert codes[FailureKind.NOT_KNOWN] == 5
    assert codes[FailureKind.UNEXPECTED] == 1
    assert {codes[k] for k in FailureKind if k.is_no_answer} == {6}
