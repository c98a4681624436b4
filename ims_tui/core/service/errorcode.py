"""What an error code says of a request, whatever the HTTP status it comes with.

Sources: the tables of error codes of the API gateway (its editions differ in the
status, and write APIGW, APIG or APIC), of IMS, and of ECS and EVS for the `Common`
codes of the job framework that IMS shares with them ("HTTP status codes may not be
accurate").
"""

from __future__ import annotations

import re

from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.outcome import FailureKind

PERMISSION = "ims:imageJobs:getPercentage"
"""The action a 403 is about (permission page of the regional manual eu-west-0)."""

_GATEWAY = ("APIGW", "APIG", "APIC")
_NEEDED: dict[JobService | None, str] = {
    None: "Ask who manages the account which right the user lacks.",
    JobService.IMS: f"The user needs the permission {PERMISSION}.",
    JobService.ECS: "The user needs the right to query ECS, as in ECS ReadOnlyAccess.",
    JobService.EVS: "The user needs the right to query EVS, as in EVS ReadOnlyAccess.",
}
"""Of the siblings no manual names the action; their system policies hold it."""

_KINDS = {
    "GW.0101": FailureKind.WRONG_ENDPOINT,
    "GW.0301": FailureKind.AUTH_REJECTED,
    "GW.0302": FailureKind.ACCESS_DENIED,
    "GW.0303": FailureKind.AUTH_REJECTED,
    "GW.0304": FailureKind.ACCESS_DENIED,
    "GW.0305": FailureKind.AUTH_REJECTED,
    "GW.0306": FailureKind.ACCESS_DENIED,
    "GW.0307": FailureKind.AUTH_REJECTED,
    "GW.0308": FailureKind.THROTTLED,
    "GW.0310": FailureKind.ACCESS_DENIED,
    "GW.0311": FailureKind.AUTH_REJECTED,
    "GW.0401": FailureKind.ACCESS_DENIED,
    "GW.0402": FailureKind.ACCESS_DENIED,
    "GW.0404": FailureKind.ACCESS_DENIED,
    "GW.0501": FailureKind.ACCESS_DENIED,
    "GW.0502": FailureKind.ACCESS_DENIED,
    "GW.0801": FailureKind.ACCESS_DENIED,
    "GW.0802": FailureKind.ACCESS_DENIED,
    "GW.1009": FailureKind.AUTH_REJECTED,
    "IMG.0023": FailureKind.NOT_KNOWN,
    "IMG.0026": FailureKind.ACCESS_DENIED,
    "IMG.0030": FailureKind.AUTH_REJECTED,
    "IMG.0087": FailureKind.AUTH_REJECTED,
    "COMMON.0001": FailureKind.SERVER_FAULT,
    "COMMON.0011": FailureKind.NOT_KNOWN,
    "COMMON.0013": FailureKind.AUTH_REJECTED,
    "COMMON.0018": FailureKind.AUTH_REJECTED,
    "COMMON.0021": FailureKind.SERVER_FAULT,
    "COMMON.0024": FailureKind.THROTTLED,
    "COMMON.0025": FailureKind.SERVER_FAULT,
    "COMMON.0026": FailureKind.SERVER_FAULT,
    "COMMON.0999": FailureKind.SERVER_FAULT,
    "COMMON.1503": FailureKind.THROTTLED,
    "ECS.0023": FailureKind.AUTH_REJECTED,
}
_ADDRESS = (
    "Ask who manages the account whether the IP address of this machine is on a block"
    " list or missing on an allow list."
)
_APP = "Ask who manages the gateway's application; the rights of the user are not it."
_DENIED = {
    "GW.0304": _APP,
    "GW.0310": "Check project_id of the profile, and whether the project is locked.",
    "GW.0401": _ADDRESS,
    "GW.0402": _ADDRESS,
    "GW.0404": "The gateway may not reach the service; tell the cloud's support.",
    "GW.0501": _APP,
    "GW.0502": "Ask who manages the account; most often its balance is too low.",
    "GW.0801": "Check region and endpoint of the profile; IMS is not offered there.",
    "GW.0802": "Check the region of the profile; the user needs rights in that region.",
    "IMG.0026": (
        "Ask for an IMS role; where the cloud asks for it, verify the account's name."
    ),
}


def _plain(code: str) -> str:
    prefix, _, number = code.strip().upper().rpartition(".")
    return f"GW.{number}" if prefix in _GATEWAY else f"{prefix}.{number}"


def is_of_gateway(code: str) -> bool:
    """Whether a code is one of the API gateway's, not of a service behind it."""
    return _plain(code).startswith("GW.")


def is_no_such_call(code: str) -> bool:
    """Whether the gateway does not publish the call; IMG.0101 is about a key."""
    return _plain(code) == "GW.0101"


def refuses_sign_in(code: str) -> bool:
    """Whether a code says that the credential is not taken."""
    return _KINDS.get(_plain(code)) is FailureKind.AUTH_REJECTED


def kind_of(code: str) -> FailureKind | None:
    """What a code says of the request; None where the HTTP status decides."""
    return _KINDS.get(_plain(code))


def denial_remedy(
    code: str, message: str = "", service: JobService | None = JobService.IMS
) -> str:
    """What helps where access is denied; most denials are about the permission.

    `service` is the one that was asked; None where that is not known.

    A denial by policy names the action in its text: "Policy doesn't allow
    ims:imageJobs:getPercentage to be performed".
    """
    if known := _DENIED.get(_plain(code)):
        return known
    action = re.search(_ACTION, message)
    return f"The user needs the permission {action[0]}." if action else _NEEDED[service]


_ACTION = r"(?<![\w:])[a-z]+:[A-Za-z]+:[A-Za-z]+(?![\w:])"
