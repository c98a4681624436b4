"""Which channels there are: those of the configuration, and what needs none."""

from __future__ import annotations

from collections.abc import Mapping

from ims_tui.core.config.settings import ChannelSettings, NotifySettings
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.rules import hears_nothing

DEFAULT = "terminal"
"""The place of the channel that needs no configuration."""


def channels_of(notify: NotifySettings) -> Mapping[str, ChannelSettings]:
    """All channels by their place below `notify`.

    Without one for it, the terminal of the dashboard hears what is urgent.
    """
    found = {f"channels.{name}": one for name, one in notify.channels.items()}
    if notify.command:
        found["command"] = ChannelSettings(
            "command",
            argv=notify.command,
            timeout_s=notify.command_timeout_s,
            gets_credentials=notify.command_credentials,
        )
    has_own = any(one.is_of_terminal for one in found.values())
    if not has_own and not hears_nothing(Level.URGENT, notify.events):
        found[DEFAULT] = ChannelSettings("terminal", level=Level.URGENT)
    return found
