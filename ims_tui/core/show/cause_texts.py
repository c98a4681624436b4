"""What adapters say went wrong on the way to the service, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from ims_tui.core.service.jobservice import JobService
from ims_tui.core.text import printable

# -- the network -----------------------------------------------------------------------

NO_ANSWER = "no answer in time"
NO_CONNECTION = "no connection in time"
NO_FREE_CONNECTION = "no free connection in time"
BROKE_OFF = "the connection broke off"
BAD_ENCODING = "an unreadable content encoding"
NO_ADDRESS = "not an http address"
_UNTRUSTED = "the certificate is not trusted"
_OTHER_HOST = "the certificate is of another host"
_NOT_YET_VALID = "the certificate is not valid yet"
_OLD_TLS = "the service offers only an old TLS"
NO_NAME = "DNS lookup failed"
"""The name of the host leads nowhere."""
_REFUSED = "connection refused"

NETWORK = (
    ("Hostname mismatch", _OTHER_HOST),
    ("IP address mismatch", _OTHER_HOST),
    ("certificate has expired", "the certificate has expired"),
    ("certificate is not yet valid", _NOT_YET_VALID),
    ("CERTIFICATE_VERIFY_FAILED", _UNTRUSTED),
    ("UNSUPPORTED_PROTOCOL", _OLD_TLS),
    ("PROTOCOL_VERSION", _OLD_TLS),
    ("SSL", "TLS failed"),
    ("Name or service not known", NO_NAME),
    ("nodename nor servname", NO_NAME),
    ("No address associated", NO_NAME),
    ("Temporary failure in name resolution", NO_NAME),
    ("Connection refused", _REFUSED),
    ("Network is unreachable", "network unreachable"),
    ("All connection attempts failed", _REFUSED),
)
"""Our words for what OpenSSL, resolver and system say. The first match counts."""

NETWORK_REMEDIES = {
    _UNTRUSTED: "Name the authority's file in ca_bundle, or in SSL_CERT_FILE.",
    _NOT_YET_VALID: "Check the clock of this machine.",
    _OLD_TLS: "TLS 1.2 or newer is needed: tell the owner of the endpoint.",
    NO_NAME: "Check endpoint and region of the profile, and the name server.",
}

# -- proxies ---------------------------------------------------------------------------

_NO_USER = "it wants a user and a password"
_BAD_USER = "it does not take the user and the password"
_UNREACHED = "Proxy Server could not connect: "
_PROXY = (
    ("407 ", _NO_USER),
    ("Requested NO AUTHENTICATION", _NO_USER),
    ("Requested USERNAME", _BAD_USER),
    ("Invalid username/password", _BAD_USER),
)
"""What the sign-in to a proxy lacks, by what httpcore quotes of its reply."""
NOT_UNDERSTOOD = "its reply is not understood"


def proxy_refusal(said: str) -> str:
    """What a proxy refuses, by what httpcore quotes of it."""
    for mark, words in _PROXY:
        if said.startswith(mark):
            return words
    if said.startswith(_UNREACHED):
        why = printable(said.removeprefix(_UNREACHED), 60).rstrip(".").lower()
        return f"it does not reach the service ({why})"
    status = said.partition(" ")[0]
    return f"it refuses with HTTP {status}" if status.isdigit() else "it refuses"


def check_proxy(variable: str) -> str:
    """What helps where a proxy fails or refuses."""
    return (
        f"Check {variable}; what NO_PROXY names is asked without a proxy. "
        "Then start ims-tui again."
    )


# -- the call --------------------------------------------------------------------------

SET_PROJECT = "Set project_id of the profile, or IMS_TUI_PROJECT_ID."
CHECK_CALL = "Check endpoint and region, or set project_id for the older call."
DEPRECATED_IS_NEXT = (
    "the documented call does not exist here; the deprecated one is next"
)
DEPRECATED_IS_GONE = "the deprecated call does not exist here any more"
NOT_A_FILE = "it is not a regular file"
RELOAD_IT = "Correct it, then reload."


def set_endpoint(service: JobService) -> str:
    """Which setting names the address of a service."""
    if service is JobService.IMS:
        return "Set endpoint or region of the profile, or IMS_TUI_ENDPOINT."
    return f"Set {service}_endpoint of the profile."


def check_endpoint(service: JobService) -> str:
    """What helps where a service other than IMS has no such call."""
    return f"Check region and {service}_endpoint of the profile."


def not_in_catalogue(service: JobService) -> str:
    """That the service catalogue, which a sign-in brings, lacks a service."""
    return f"the catalogue of the sign-in names no address of {service.word}"


def no_project_known(service: JobService) -> str:
    """That the project id, which is part of the address of the call, is not known."""
    return f"jobs of {service.word} are asked for by project id, which is not known"


# -- signing in ------------------------------------------------------------------------

NO_PROJECT_NAMED = "No project is named for this sign-in."


def no_project(name: str) -> str:
    """That no project has the name."""
    return f"IAM knows no project named {printable(name, 80)} for this access key."


def several_projects(name: str, ids: Sequence[str]) -> str:
    """That several projects have the name, and the ids of the first three."""
    named = ", ".join(ids[:3]) + (", .." if len(ids) > 3 else "")
    return f"IAM knows {len(ids)} projects named {printable(name, 80)}: {named}."


def no_answer_from(host: str, why: str) -> str:
    """That IAM cannot be reached, and why."""
    return f"No answer from {printable(host, 80)} ({why})."


def iam_is_busy(said: str) -> str:
    """That IAM throttles, with what it said."""
    return f"IAM takes no more sign-ins for now ({said})."


def iam_is_down(said: str) -> str:
    """That IAM fails, with what it said."""
    return f"IAM is out of order ({said})."


def no_token_in(source: str) -> str:
    """That a variable or file holds no token; empty where no source is named."""
    return f"No token in {source}." if source else ""


def no_token_held(source: str) -> str:
    """That the value of a variable cannot be a token."""
    return f"{printable(source, 80) or 'The source'} does not hold a token."


def token_file(path: str, what: str) -> str:
    """What is wrong with a token file."""
    return f"The token file {path} {what}."


def others_can_write(path: str) -> str:
    """Why a token file that other users can write is not used."""
    return f"Others can write {path}, so it is not used."


def helper(name: str, what: str) -> str:
    """What is wrong with a credential helper."""
    return f"The credential helper {name} {what}."
