"""Fields of a reply that are shown, kept and exported as they come.

What the program itself works with is a field of `Job`.
"""

from __future__ import annotations

from msgspec import Struct


class ReplyField(Struct, frozen=True):
    """A text of `entities`, or of those of the first sub-job that has it."""

    name: str
    """As the service names it; so it is called in JSON."""
    title: str
    """What people call it, in the summary."""


REPLY_FIELDS = (
    ReplyField("server_id", "Server"),
    ReplyField("volume_id", "Volume"),
)
"""What jobs of ECS and EVS are about (ECS manual, "Querying Job Execution Status"; EVS
manual, "Querying Task Status")."""
