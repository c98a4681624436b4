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

REGIONS_FILE = "~/.huaweicloud/regions.yaml"
_MEND = "Mend the file, or set endpoint in the profile, then reload."


def sdk_endpoint(
    environment: Environment, region: str, service: JobService = JobService.IMS
) -> tuple[str, Source | None]:
    """The address written for a service in a region, and where; empty where none is.

    Raises:
        UnusableError: what is written cannot be read, or is no address.
    """
    if not region:
        return "", None
    name = region.upper().replace("-", "_")
    variable = f"HUAWEICLOUD_SDK_REGION_{service.word}_{name}"
    if written := environment.variable(variable):
        return _first(written.split(","), variable), Source("environment", variable)
    path = environment.variable("HUAWEICLOUD_SDK_REGIONS_FILE") or REGIONS_FILE
    if not environment.file(path).exists:
        return "", None
    found = _of_region(_services(environment, path), service, region)
    return (_first(found, path), Source(path)) if found else ("", None)


def _services(environment: Environment, path: str) -> Mapping[object, object]:
    try:
        document = environment.parse_yaml(secret_file(environment, path))
    except ConfigError as error:
        raise UnusableError(f"{path}: {error}", _MEND) from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise UnusableError(f"{path} holds no services with their regions", _MEND)
    return document


def _of_region(
    services: Mapping[object, object], service: JobService, region: str
) -> list[str]:
    """What stands for the region under a service, in whichever case it is written."""
    for name, regions in services.items():
        if str(name).upper() != service.word or not isinstance(regions, Sequence):
            continue
        for entry in regions:
            if isinstance(entry, Mapping) and entry.get("id") == region:
                return _texts(entry.get("endpoints") or entry.get("endpoint"))
    return []


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [str(item) for item in value] if isinstance(value, list) else []


def _first(written: Sequence[str], place: str) -> str:
    text = next((part.strip() for part in written if part.strip()), "")
    if text and "://" not in text:
        text = f"https://{text}"
    if found := address(text):
        return found
    raise UnusableError(f"{place} holds no address such as https://host", _MEND)
