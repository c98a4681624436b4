"""By whom the service counts requests: the account behind a profile."""

from __future__ import annotations

import hashlib

from ims_tui.core.config.settings import Profile
from ims_tui.core.service.jobservice import JobService


def account_of(profile: Profile) -> str:
    """A name for whom the service counts requests by; no secret can be got from it."""
    auth = profile.auth
    is_ims = profile.service is JobService.IMS
    service = () if is_ims else (profile.service.value,)
    place = (profile.endpoint, profile.region, *service)
    identity = "\0".join((*place, auth.scheme, auth.owner))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
