"""Error codes and reasons of failed jobs, from the IMG catalogue and made up."""

from __future__ import annotations

BAD_FILE = (
    "IMG.0057",
    "The image file does not exist, is empty, or in the incorrect format.",
)
NO_BUCKET = ("IMG.0069", "The OBS bucket does not exist or cannot be accessed.")
QUOTA = ("IMG.0015", "The private image quota has been used up.")
NOT_STOPPED = ("IMG.0008", "The server is not stopped.")
BUSY = ("IMG.0010", "The server is being used by another task.")
PLATFORM = ("IMG.0014", "The infrastructure is abnormal. Try again later.")
CHINESE = ("IMG.0122", "不支持该操作系统类型或版本")
LONG = ("IMG.0061", "Driver injection stopped while the disk was attached; " * 12)
HOSTILE = (
    "IMG.0061[/]",
    "[bold red]failed[/] \x1b[31mred\x1b]0;owned\x07 \u202etxt.exe\u202c\nnew line",
)
NO_ADDRESS = ("Ecs.0013", "The EIP quota is used up.")
USUAL = (BAD_FILE, NO_BUCKET, QUOTA, NOT_STOPPED, BUSY, PLATFORM)
"""What ordinary jobs die of."""
