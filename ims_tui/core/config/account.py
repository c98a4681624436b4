"""By whom the service counts requests: the account behind a profile."""

from __future__ import annotations

import hashlib

from ims_tui.core.config.settings import Profile


def account_of(profile: Profile) -> str:
    """A name for whom the service counts requests by; no secret can be got from it."""
    auth = profile.auth
    identity = "\0".join((profile.endpoint, profile.region, auth.scheme, auth.owner))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
