"""The account behind a lane: as whom jobs are asked for, and how requests count."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.config.settings import PasswordSpec, Profile, Settings
from ims_tui.core.service.jobservice import JobService, lane_name, sibling_endpoint


def account_of(profile: Profile) -> str:
    """A name for whom the service counts requests by; no secret can be got from it."""
    import hashlib  # 2 ms, and no account is asked as before the first frame

    auth = profile.auth
    is_ims = profile.service is JobService.IMS
    service = () if is_ims else (profile.service.value,)
    place = (profile.endpoint, profile.region, *service)
    identity = "\0".join((*place, auth.scheme, auth.owner))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def of_service(profile: Profile, service: JobService) -> Profile:
    """The account of a profile with another service's endpoint, in its own cloud."""
    if service is JobService.IMS:
        return profile
    name, lacking = lane_name(profile.name, service), profile.unusable.get(service)
    if lacking is not None:
        gap = f"{lacking.reason} {lacking.remedy}".rstrip()
        place = replace(profile, name=name, service=service)
        return replace(place, endpoint="", auth=lacking, gap=gap)
    written = profile.endpoints.get(service)
    endpoint = written or sibling_endpoint(profile.endpoint, service)
    # A sign-in by password brings a catalogue with the address.
    has_catalogue = isinstance(profile.auth, PasswordSpec) and not profile.gap
    is_known = endpoint or has_catalogue
    unknown = "" if is_known else f"The address of {service.word} is not known."
    return replace(
        profile,
        name=name,
        endpoint=endpoint,
        service=service,
        gap=unknown,
    )


def asked_by(lane: str, settings: Settings) -> Profile | None:
    """The profile that a lane asks as, at its service; None where it is gone."""
    for profile in settings.profiles.values():
        for service in JobService:
            if lane_name(profile.name, service) == lane:
                return of_service(profile, service)
    return None
