"""Where `:` leads: the operator's filters, profiles."""

from __future__ import annotations

from ims_tui.core.config.settings import Profile, Settings
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.jumps import jumps
from ims_tui.core.show.rows import Choice
from ims_tui.core.state.order import Facet

SETTINGS = Settings(
    {name: Profile(name) for name in ("prod", "dr")}, filters={"night": "state:fail"}
)
BEFORE = Choice(facet=Facet.DONE, filter=parse_filter("sap"), sort="label")


def test_each_place_is_named_first_and_keeps_the_order() -> None:
    found = {jump.words.split(":")[0]: jump.choice(BEFORE) for jump in jumps(SETTINGS)}
    assert (found["night"].facet, found["night"].filter.text) == (
        Facet.ALL,
        "state:fail",
    )
    assert found["dr"].hidden_profiles == {"prod"}
    assert {choice.sort for choice in found.values()} == {"label"}


def test_a_single_profile_is_no_place() -> None:
    assert jumps(Settings({"prod": Profile("prod")})) == []
