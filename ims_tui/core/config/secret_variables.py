"""Which variables hold credentials: no program of the operator's gets them unasked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ims_tui.core.signin.secret import Secret

_FAMILIES = r"IMS_TUI|OS|HW|HUAWEICLOUD(?:_SDK)?|OTC(?:_SDK)?|HCS|SBC|G42|AWS"
_PARTS = (
    r"TOKEN|AUTH_TOKEN|PASSWORD|USER_PASSWORD|ACCESS_KEY(?:_ID)?|SECRET_KEY|"
    r"SECRET_ACCESS_KEY|SECURITY_TOKEN|SESSION_TOKEN|AK|SK"
)
_OF_THE_FIELD = re.compile(rf"(?:{_FAMILIES})_(?:{_PARTS})")
_ANY_SECRET = re.compile(r".*(?:TOKEN|PASSWORD|PASSWD|SECRET)(?:_KEY)?", re.IGNORECASE)
_PLACES = frozenset({"CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"})
"""Where a unit's credentials are; the socket on which only the service may speak."""


def without_credentials(
    environ: Mapping[str, str], secrets: Iterable[Secret | None] = ()
) -> dict[str, str]:
    """The variables but for those that hold a credential, ours or of another tool.

    Args:
        environ: all variables.
        secrets: what must not go along whatever its variable is called, such as the
            address of a chat room; None: there is none.
    """
    values = {secret.reveal() for secret in secrets if secret is not None}
    return {
        name: text
        for name, text in environ.items()
        if not _is_sensitive(name) and text.strip() not in values
    }


def credentials_in(environ: Mapping[str, str]) -> list[Secret]:
    """What the variables that hold a credential say."""
    return [
        Secret(text.strip())
        for name, text in environ.items()
        if _is_sensitive(name) and name not in _PLACES
    ]


def _is_sensitive(name: str) -> bool:
    patterns = (_OF_THE_FIELD, _ANY_SECRET)
    return name in _PLACES or any(pattern.fullmatch(name) for pattern in patterns)
