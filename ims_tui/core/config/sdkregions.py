"""Addresses of IMS that the operator wrote for the official SDK.

    HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4   one address, or several with commas between
    ~/.huaweicloud/regions.yaml             the same, or HUAWEICLOUD_SDK_REGIONS_FILE

Read as the SDK reads them (core, region/provider.py): https where no scheme stands, and
of several addresses the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ims_tui.core.config.environment import Environment, UnusableError, secret_file
from ims_tui.core.config.provenance import Source
from ims_tui.core.errors import ConfigError
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.signin.address import address
from ims_tui.core.signin.source import RELOAD

REGIONS_FILE = "~/.huaweicloud/regions.yaml"


def sdk_endpoint(
    environment: Environment, region: str, service: JobService = JobService.IMS
) -> tuple[str, Source | None]:
    """The address written for a service in a region, and where; empty where none is.

    Raises:
        UnusableError: what is written cannot be read, or is no address.
    """
    if not region:
        return "", None
    own = "endpoint" if service is JobService.IMS else f"{service}_endpoint"
    name = region.upper().replace("-", "_")
    variable = f"HUAWEICLOUD_SDK_REGION_{service.word}_{name}"
    if written := environment.variable(variable):
        mend = f"Correct it and start ims-tui again, or set {own} in the profile."
        found = _first(written.split(","), variable, mend)
        return found, Source("environment", variable)
    named = environment.variable("HUAWEICLOUD_SDK_REGIONS_FILE")
    path = named or REGIONS_FILE
    # A file that is named and not there would let another cloud be asked.
    if not (named or environment.file(path).exists):
        return "", None
    mend = f"Mend the file, or set {own} in the profile, {RELOAD}"
    texts = _of_region(_services(environment, path, mend), service, region, path, mend)
    return (_first(texts, path, mend), Source(path)) if texts else ("", None)


def _services(
    environment: Environment, path: str, mend: str
) -> Mapping[object, object]:
    try:
        document = environment.parse_yaml(secret_file(environment, path))
    except ConfigError as error:
        raise UnusableError(f"{path}: {error}", mend) from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise UnusableError(f"{path} holds no services with their regions", mend)
    return document


def _of_region(
    services: Mapping[object, object],
    service: JobService,
    region: str,
    path: str,
    mend: str,
) -> list[str]:
    """What stands for the region under a service, in whichever case it is written.

    Of several entries the last counts, as for the SDK; one without an address does not.
    """
    found: list[str] = []
    for name, regions in services.items():
        if str(name).upper() != service.word or regions is None:
            continue
        if not isinstance(regions, list) or not all(map(_is_table, regions)):
            why = f"{path} holds no list of id and endpoints under {service.word}"
            raise UnusableError(why, mend)
        for entry in regions:
            if entry.get("id") == region:
                written = entry.get("endpoints") or entry.get("endpoint")
                found = _texts(written) if written else found
    return found


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _texts(value: object) -> list[str]:
    """What is written, as texts; what is none is empty, and refused as no address."""
    listed = value if isinstance(value, list) else [value]
    texts = [item if isinstance(item, str) else "" for item in listed]
    return [part for text in texts for part in text.split(",")]


def _first(written: Sequence[str], place: str, mend: str) -> str:
    text = next((part.strip() for part in written if part.strip()), "")
    if text and "://" not in text:
        text = f"https://{text}"
    if found := address(text):
        return found
    raise UnusableError(f"{place} holds no address such as https://host", mend)
