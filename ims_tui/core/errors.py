"""The errors ims-tui ends or warns with: one line for people, one exit code.

ImsTuiError          1
 +-- UsageError      2  the command line asks for something that cannot be
 +-- ConfigError     7  a settings or credentials file cannot be used
 |    +-- UnusableSettingError  7  with what stands there no request can be sent
 +-- WatchFileError  7  the watchlist cannot be written or must not be overwritten
 |    +-- UnreadableListError  7  nor can it be read
 +-- StateError      7  stored replies cannot be read or written
 +-- UnseenError     7  nobody can tell whether other copies run
 +-- ChannelError    7  a channel did not take a message
 +-- OutputError     7  standard output, or a file asked for, cannot be written
"""

from __future__ import annotations

import errno
import re
from typing import ClassVar

from ims_tui.core.text import printable


class ImsTuiError(Exception):
    """Something the operator can act on; the text is one line that says what is.

    `exit_code` is what the process ends with when nobody handles the error.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, text: str, brief: str = "") -> None:
        super().__init__(text)
        self.brief = brief or text
        """The text for a screen: what matters first, file names instead of paths."""


class UsageError(ImsTuiError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ConfigError(ImsTuiError):
    """A settings or credentials file cannot be used."""

    exit_code = 7


class UnusableSettingError(ConfigError):
    """A variable or setting with which no request can be sent; the text names it."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.remedy = remedy
        """One sentence: what one can do."""


class WatchFileError(ImsTuiError):
    """The watchlist cannot be written or must not be overwritten."""

    exit_code = 7


class UnreadableListError(WatchFileError):
    """The watchlist cannot be read, so it is not overwritten either."""


class StateError(ImsTuiError):
    """Stored replies cannot be read or written."""

    exit_code = 7


class UnseenError(ImsTuiError):
    """Nobody can tell whether other copies run; the text says why, and what helps."""

    exit_code = 7


class ChannelError(ImsTuiError):
    """A channel did not take a message; the text says why and holds no secret."""

    exit_code = 7


class OutputError(ImsTuiError):
    """Standard output, or a file asked for, cannot be written, as on a full disk."""

    exit_code = 7


def reason_of(error: Exception) -> str:
    """What the system or a library says went wrong, in the middle of a sentence.

    One printable line, without the numbers and names that only programmers read.
    """
    said = error.strerror if isinstance(error, OSError) else None
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        said = "it is a link, and not followed"
    text = re.sub(_FOR_PROGRAMMERS, "", said or str(error)).strip().rstrip(".")
    return printable(text, _LONGEST_REASON) if text else type(error).__name__


NO_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS)
"""What a file system without locks says: some NFS, SMB and FUSE."""

_LONGEST_REASON = 200
# A text, not compiled: `re` compiles it at its first use and keeps it.
_FOR_PROGRAMMERS = (
    r"\[[Ee]rrno -?\d+\] ?|\[[A-Z0-9_]+(?:: [A-Z0-9_]+)?\] ?| \(_ssl\.c:\d+\)"
    r"| \(while attempting to bind on address \(.*\)\)$"  # asyncio
    r"|^error while attempting to bind on address \(.*?\): "
)
