"""The campaign in short: `python -m tests.faults` is the long form."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import ROOMS, main
from tests.faults.room import Room, run, table

SHORT = [name for name, room in ROOMS.items() if room.short]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # connections that are reset
@pytest.mark.parametrize("name", SHORT)
def test_no_fault_of_a_room_does_harm_and_all_it_is_for_is_reached(name: str) -> None:
    record = run(ROOMS[name], seed=0, count=ROOMS[name].short)
    assert record.is_well, "\n".join(record.told())


def harm(seed: int) -> str:
    """Do harm with the third seed."""
    if seed == 2:
        raise ValueError("harm")
    return "fields"


def test_what_fails_and_what_is_never_reached_is_told_with_its_seed() -> None:
    room = Room("a-room", harm, frozenset({"fields", "more fields"}), short=3, long=9)
    record = run(room, seed=1, count=3)
    assert not record.is_well
    told = "\n".join(record.told())
    assert "a-room: never reached more fields" in told
    assert "python -m tests.faults a-room --seed 2 --count 1" in told
    assert "ValueError: harm" in told
    assert table([record])[1].split()[:3] == ["a-room", "3", "1"]


def test_an_unknown_room_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nowhere"])
    assert "there is no room nowhere" in capsys.readouterr().err
    assert main(["themes", "--count", "2"]) == 0
    assert "themes" in capsys.readouterr().out
