"""The channel that sends what a table of `notify.channels` asks for, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what sends is loaded where a channel needs it
    from ims_tui.core.config.settings import ChannelSettings
    from ims_tui.core.ports import Channel
    from ims_tui.core.signin.secret import Secret


def open_channel(
    settings: ChannelSettings,
    environ: Mapping[str, str],
    secrets: Sequence[Secret | None],
    write: Callable[[str], None] | None,
    now: Callable[[], datetime],
) -> Channel | None:
    """Make what sends messages over a channel; None where it needs a terminal.

    Args:
        settings: of the channel.
        environ: the variables.
        secrets: what no program gets that may not have credentials.
        write: writes to the terminal; None: there is none.
        now: the time, for signatures.
    """
    if settings.kind == "command":
        from ims_tui.adapters.channels.command import CommandChannel
        from ims_tui.core.config.secret_variables import without_credentials

        if not settings.gets_credentials:
            environ = without_credentials(environ, secrets)
        return CommandChannel(settings.argv, settings.timeout_s, environ)
    if settings.url is None:
        from ims_tui.adapters.channels.terminal import TerminalChannel
        from ims_tui.core.notices.osc import BELL, notice

        if write is None:
            return None
        if settings.kind == "bell":
            return TerminalChannel(write, lambda message: BELL)
        return TerminalChannel(write, partial(notice, environ=environ))
    if settings.kind == "apprise":
        from ims_tui.adapters.channels.apprise import AppriseChannel

        return AppriseChannel(settings.url)
    from ims_tui.adapters.channels.forms import FORMS
    from ims_tui.adapters.channels.post import Target, WebChannel

    target = Target(settings.url, settings.secret, settings.template)
    return WebChannel(FORMS[settings.kind], target, now, environ)
