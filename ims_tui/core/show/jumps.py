"""Where `:` and a few letters lead: a profile, a filter of the operator."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.settings import Settings
from ims_tui.core.show.filters import Filter, parse_filter
from ims_tui.core.show.rows import Choice
from ims_tui.core.state.order import Facet


class Jump(Struct, frozen=True):
    """A place to go to."""

    name: str
    words: str
    """Begins with what one types."""
    choice: Callable[[Choice], Choice]
    """The rows that stand there, from those of before."""


def jumps(settings: Settings) -> list[Jump]:
    """The operator's filters, and each profile alone; the facets are actions."""
    found = [_filter(name, text) for name, text in settings.filters.items()]
    if len(settings.profiles) > 1:
        names = frozenset(settings.profiles)
        found += [_profile(name, names) for name in sorted(names)]
    return found


def _filter(name: str, text: str) -> Jump:
    def choice(before: Choice) -> Choice:
        return replace(before, facet=Facet.ALL, filter=parse_filter(text))

    return Jump(f"filter {name}", f"{name}: filter {text}", choice)


def _profile(name: str, names: frozenset[str]) -> Jump:
    def choice(before: Choice) -> Choice:
        hidden = names - {name}
        return replace(before, filter=Filter(), hidden_profiles=hidden)

    return Jump(f"profile {name}", f"{name}: only this profile", choice)
