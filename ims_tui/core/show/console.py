"""The page of the cloud's console for a job: which one, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from urllib.parse import quote

from msgspec import Struct

from ims_tui.core.config.regions import CONSOLE_URLS, place_of_ims
from ims_tui.core.config.settings import Profile
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.state.entry import Entry


class ConsolePage(Struct, frozen=True):
    """A page to open."""

    what: str
    """What it is, as `the IMS console of cn-north-4`."""
    url: str
    problem: str = ""
    """Why there is none, and what to do; then the others are empty."""


def console_page(entry: Entry, profile: Profile | None) -> ConsolePage:
    """The page that the profile names, else the images of the region.

    Remote text comes into an address only quoted, and no credential ever does.
    """
    name = entry.watch.profile
    if profile is None:
        return _none(f"There is no profile {name}, so no console is known.")
    region, domain = place_of_ims(profile.endpoint)
    region = profile.region or region
    template = profile.console_url
    what = f"the console of {name}"
    if not template and entry.watch.service is JobService.IMS and region:
        template = CONSOLE_URLS.get(domain, "")
        what = f"the IMS console of {region}, private images"
    if not template:
        return _none(
            f"No console page is known for {name}. Set console_url of the profile, an"
            " address that may hold {region}, {project_id}, {job_id}, {image_id}."
        )
    values = {
        "region": region,
        "project_id": profile.project_id,
        "job_id": entry.watch.job_id,
        "image_id": entry.image_id,
    }
    lacking = [field for field in _fields(template) if not values[field]]
    if lacking:
        asked = f"console_url of {name} holds {{{lacking[0]}}}"
        return _none(f"{asked}, which is not known of this job yet.")
    quoted = {field: quote(value, safe="") for field, value in values.items()}
    return ConsolePage(what, template.format_map(quoted))


def _fields(template: str) -> Iterator[str]:
    return (field for _, field, _, _ in Formatter().parse(template) if field)


def _none(problem: str) -> ConsolePage:
    return ConsolePage("", "", problem)
