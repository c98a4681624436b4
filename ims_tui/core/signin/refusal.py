"""Why a credential was not taken: every bad case with its own sentence and remedy.

    Refusal      stands until the operator mends it and reloads; nothing is sent
                 meanwhile, since repeated failures lock accounts and key pairs
    Unavailable  nobody judged the credential: IAM gave no answer; asked again later

Texts are matched beside codes, because one gateway code (0301) stands for many causes.
Sources: error tables of the API gateway and of IAM, `ims-api` error codes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.service.envelope import mask_keys
from ims_tui.core.service.errorcode import denial_remedy, kind_of
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.signin.secret import STARS, Secret
from ims_tui.core.signin.source import NEEDS_START, RELOAD, again, is_fixed
from ims_tui.core.text import duration

SIGNATURE_LIFE_S = 900.0
"""Clock difference beyond which the gateway refuses a signature."""


class Scheme(StrEnum):
    """What a service judges of a sign-in."""

    TOKEN = "token"
    PASSWORD = "password"
    KEY = "aksk"
    NONE = "none"


class RefusalKind(StrEnum):
    """What is wrong with a credential."""

    NO_CREDENTIAL = "no_credential"
    PLAIN_HTTP = "plain_http"
    WRONG_PASSWORD = "wrong_password"
    ACCOUNT_LOCKED = "account_locked"
    SECOND_FACTOR = "second_factor"
    AUTH_URL = "auth_url"
    NO_PROJECT = "no_project"
    SEVERAL_PROJECTS = "several_projects"
    PROJECTS_HIDDEN = "projects_hidden"
    KEY_LOCKED = "key_locked"
    UNKNOWN_KEY = "unknown_key"
    WRONG_KEY = "wrong_key"
    CLOCK_OFF = "clock_off"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_INVALID = "token_invalid"
    TOKEN_LOST = "token_lost"
    OTHER_REGION = "other_region"
    OTHER_PROJECT = "other_project"
    FILE_UNREADABLE = "file_unreadable"
    FILE_UNSAFE = "file_unsafe"
    FILE_RUBBISH = "file_rubbish"
    HELPER_MISSING = "helper_missing"
    HELPER_FAILED = "helper_failed"
    HELPER_HUNG = "helper_hung"
    HELPER_EMPTY = "helper_empty"
    HELPER_RUBBISH = "helper_rubbish"
    NO_ACCESS = "no_access"
    REFUSED = "refused"


class Refusal(Struct, frozen=True):
    """A credential that is not taken as it stands."""

    kind: RefusalKind
    cause: str
    """One sentence: what is."""
    remedy: str
    """One sentence: what one can do."""
    code: str = ""
    """The service's error code, such as `APIGW.0301`."""
    said: str = ""
    """What the service or the helper said, in one masked line."""


class Unavailable(Struct, frozen=True):
    """A sign-in that nobody answered; the credential may be good."""

    failure: FailureKind
    """UNREACHABLE, THROTTLED or SERVER_FAULT."""
    cause: str
    code: str = ""
    retry_after_s: float | None = None


_DEEPEST_QUOTE = 3

_TEXTS: dict[RefusalKind, tuple[str, str]] = {
    RefusalKind.NO_CREDENTIAL: (
        "No credential was found.",
        # The environment of a program that runs does not change.
        f"Name a token_file or another credential in the profile, {RELOAD}"
        f"{NEEDS_START}",
    ),
    RefusalKind.PLAIN_HTTP: (
        "The credential is not sent over plain http.",
        "Use https, or set allow_http = true in the profile.",
    ),
    RefusalKind.WRONG_PASSWORD: (
        "IAM refused the user name or the password.",
        f"Check user, domain, password and project, {RELOAD} More tries lock the"
        " account.",
    ),
    RefusalKind.ACCOUNT_LOCKED: (
        "IAM has locked this user or account.",
        f"Wait until the lock ends or ask the administrator, {RELOAD}",
    ),
    RefusalKind.SECOND_FACTOR: (
        "IAM asks this user for a second factor.",
        "Use an access key, a helper command, or a user without a second factor.",
    ),
    RefusalKind.AUTH_URL: (
        "The sign-in address does not answer like IAM.",
        f"Check auth_url of the profile, {RELOAD}",
    ),
    RefusalKind.NO_PROJECT: (
        "IAM knows no such project for this credential.",
        f"Set project or project_id of the profile, {RELOAD}",
    ),
    RefusalKind.SEVERAL_PROJECTS: (
        "Several projects have this name.",
        f"Set project_id of the profile, {RELOAD}",
    ),
    RefusalKind.PROJECTS_HIDDEN: (
        "This access key is not allowed to look up its project.",
        f"Set project_id of the profile, {RELOAD}",
    ),
    RefusalKind.KEY_LOCKED: (
        "The key pair is locked after too many refused signatures.",
        f"Wait five minutes, correct the keys, {RELOAD}",
    ),
    RefusalKind.UNKNOWN_KEY: (
        "The service does not know this access key.",
        f"Check that the key exists, is active and is of this cloud, {RELOAD}",
    ),
    RefusalKind.WRONG_KEY: (
        "The service refused the signature.",
        "Check that the secret key belongs to the access key (temporary keys need their"
        f" security token too), {RELOAD}",
    ),
    RefusalKind.CLOCK_OFF: (
        "The service refused the signature: the clock of this machine is {skew} the"
        " service's.",
        f"Set the clock (NTP), {RELOAD} If it is refused again, check the secret key.",
    ),
    RefusalKind.TOKEN_EXPIRED: (
        "The token has expired.",
        f"Put a new token where this one came from, {RELOAD}",
    ),
    RefusalKind.TOKEN_INVALID: (
        "The service does not accept this token.",
        f"Check that the whole token was copied and is of this cloud, {RELOAD}",
    ),
    RefusalKind.TOKEN_LOST: (
        "The request reached the service without its token.",
        "Check whether a proxy drops the header X-Auth-Token.",
    ),
    RefusalKind.OTHER_REGION: (
        "The token is not valid at this endpoint.",
        f"Check that token and endpoint are of the same region, {RELOAD}",
    ),
    RefusalKind.OTHER_PROJECT: (
        "The credential belongs to another project.",
        f"Sign in to the project of this profile, or correct project_id, {RELOAD}",
    ),
    RefusalKind.FILE_UNREADABLE: (
        "The token file cannot be read.",
        f"Check path and permissions, {RELOAD}",
    ),
    RefusalKind.FILE_UNSAFE: (
        "Others can write the token file, so it is not used.",
        f"Run chmod 600 on it, {RELOAD}",
    ),
    RefusalKind.FILE_RUBBISH: (
        "The token file does not hold one token.",
        f"Write only the token into it, {RELOAD}",
    ),
    RefusalKind.HELPER_MISSING: (
        "The credential helper cannot be started.",
        f"Check token_command of the profile, {RELOAD}",
    ),
    RefusalKind.HELPER_FAILED: (
        "The credential helper failed.",
        f"Run it in a shell to see why, {RELOAD}",
    ),
    RefusalKind.HELPER_HUNG: (
        "The credential helper did not end in time and was stopped.",
        f"Check that it asks nothing and ends by itself, {RELOAD}",
    ),
    RefusalKind.HELPER_EMPTY: (
        "The credential helper printed nothing.",
        f"It must print a token, or JSON with token and expires_at. Mend it, {RELOAD}",
    ),
    RefusalKind.HELPER_RUBBISH: (
        "The credential helper printed something that is not a token.",
        f"It must print a token, or JSON with token and expires_at. Mend it, {RELOAD}",
    ),
    RefusalKind.NO_ACCESS: (
        "The service denies access, whatever the credential.",
        denial_remedy("", service=None),
    ),
    RefusalKind.REFUSED: (
        "The service refused the credential.",
        f"Check the credential of the profile, {RELOAD}",
    ),
}


def refusal(
    kind: RefusalKind, cause: str = "", *, code: str = "", said: str = ""
) -> Refusal:
    """Build a refusal with the kind's own sentences; `cause` replaces the first."""
    usual, remedy = _TEXTS[kind]
    return Refusal(kind, cause or usual, remedy, code, said)


def of_temporary_keys(refused: Refusal) -> Refusal:
    """A refusal of a temporary key pair, which ends after a day at most.

    What the gateway says of a token is then about the security token.
    """
    if refused.kind in _OF_THE_TOKEN:
        has_ended = refused.kind is RefusalKind.TOKEN_EXPIRED
        cause = (
            _ENDED if has_ended else refused.cause.replace("token", "security token")
        )
        remedy = f"Get new temporary keys with their security token, {RELOAD}"
        return replace(refused, cause=cause, remedy=remedy)
    if refused.kind is not RefusalKind.WRONG_KEY:
        return refused
    return replace(refused, remedy=f"{_NEW_KEYS} {refused.remedy}")


_ENDED = "The temporary keys have ended."
_NEW_KEYS = "Temporary keys may have ended: get new ones."


def from_source(refused: Refusal, source: str) -> Refusal:
    """A refused credential with the remedy that its source allows."""
    if refused.kind in _OF_THE_TOKEN and is_fixed(source):
        return replace(refused, remedy=_START_AGAIN)
    if refused.kind in _OF_THE_REST:
        how = again(source, may_be_elsewhere=True)
        return replace(refused, remedy=refused.remedy.replace(RELOAD, how))
    return refused


_OF_THE_TOKEN = (RefusalKind.TOKEN_EXPIRED, RefusalKind.TOKEN_INVALID)
_OF_THE_REST = (
    RefusalKind.AUTH_URL,
    RefusalKind.KEY_LOCKED,
    RefusalKind.REFUSED,
    RefusalKind.UNKNOWN_KEY,
    RefusalKind.WRONG_KEY,
    RefusalKind.WRONG_PASSWORD,
)
_START_AGAIN = (
    "Start ims-tui again with a new, whole token of this cloud, or name a token_file."
)


# First match wins, most telling first.
_BY_TEXT: tuple[tuple[str, RefusalKind], ...] = (
    (r"failed to reach the limit|\bak\b.*lock", RefusalKind.KEY_LOCKED),
    (r"\bak\b.*not exist|get secretkey failed", RefusalKind.UNKNOWN_KEY),
    (r"locked", RefusalKind.ACCOUNT_LOCKED),
    (r"additional authentication|second factor|\bmfa\b", RefusalKind.SECOND_FACTOR),
    (r"signature|aksk", RefusalKind.WRONG_KEY),
    (r"token\s+(has\s+)?expire", RefusalKind.TOKEN_EXPIRED),
    (r"x-auth-token not found", RefusalKind.TOKEN_LOST),
    (r"decrypt token|invalid token|token.*invalid", RefusalKind.TOKEN_INVALID),
    (r"project", RefusalKind.NO_PROJECT),
)
_BY_CODE = {
    "IMG.0030": RefusalKind.OTHER_PROJECT,
    "IMG.0087": RefusalKind.TOKEN_INVALID,
    "Common.0013": RefusalKind.TOKEN_INVALID,
    "Common.0018": RefusalKind.OTHER_PROJECT,
    "APIG.0307": RefusalKind.OTHER_REGION,
    "APIGW.0307": RefusalKind.OTHER_REGION,
}
# Where the text says no more than Keystone's "Unauthorized.".
_USUAL = {
    Scheme.TOKEN: RefusalKind.TOKEN_INVALID,
    Scheme.PASSWORD: RefusalKind.WRONG_PASSWORD,
    Scheme.KEY: RefusalKind.WRONG_KEY,
    Scheme.NONE: RefusalKind.REFUSED,
}


def explain_refusal(
    code: str, message: str, skew_s: float | None, scheme: Scheme
) -> Refusal:
    """Say why a credential was refused and what one can do.

    Args:
        code: of the error body; may be empty.
        message: of the error body, printable and masked.
        skew_s: this machine's clock minus the service's; None where unknown.
        scheme: what was sent: a password, a token, a signature.
    """
    text = message.lower()
    found = (kind for pattern, kind in _BY_TEXT if re.search(pattern, text))
    said = " ".join(filter(None, (code, message)))
    if kind_of(code) is FailureKind.ACCESS_DENIED:
        # The gateway's editions differ in the status of these codes: some send 401.
        denied = refusal(RefusalKind.NO_ACCESS, code=code, said=said)
        return replace(denied, remedy=denial_remedy(code, message, service=None))
    kind = _BY_CODE.get(code) or next(found, _USUAL[scheme])
    cause = ""
    stated_s = _stated_skew_s(message)
    skew_s = stated_s or skew_s
    is_off = stated_s or (skew_s and abs(skew_s) > SIGNATURE_LIFE_S)
    if kind is RefusalKind.WRONG_KEY and is_off and skew_s:
        kind = RefusalKind.CLOCK_OFF
        way = "ahead of" if skew_s > 0 else "behind"
        cause = _TEXTS[kind][0].format(skew=f"{duration(abs(skew_s))} {way}")
    return refusal(kind, cause, code=code, said=said)


def _stated_skew_s(message: str) -> float | None:
    """Seconds our signature was ahead of the service, where its refusal tells both.

    Source: signing guide of the API gateway, `APIGW.0303`, "signature expired".
    """
    times = re.search(_TWO_TIMES, message, re.I | re.A)
    if times is None:
        return None
    try:
        ours, theirs = (datetime.fromisoformat(time) for time in times.groups())
    except ValueError:
        return None
    return (ours - theirs).total_seconds()


_TWO_TIMES = r"signature time:\s*(\d{8}T\d{6}Z).{0,20}server time:\s*(\d{8}T\d{6}Z)"


def masked(body: bytes, secrets: Iterable[Secret]) -> bytes:
    """Star out our secrets and whatever looks like an access key."""
    return mask_keys(without_secrets(body, secrets))


def without_secrets(body: bytes, secrets: Iterable[Secret]) -> bytes:
    """Star out our secrets, also those that stand quoted in JSON.

    Secrets of under four characters stay: they would star half of every sentence.
    """
    for secret in secrets:
        if len(secret.reveal()) >= 4:
            for form in _forms(secret):
                body = body.replace(form, STARS.encode())
    return body


def sent_secrets(headers: Mapping[str, str]) -> list[Secret]:
    """What a service could echo of a credential: the values that a request carried.

    Of a signature (`SDK-HMAC-SHA256 Access=..., SignedHeaders=..., Signature=...`,
    API request signing guide) the key and the signature count by themselves, too.
    """
    whole = [headers[name] for name in _SECRET_HEADERS if name in headers]
    parts = [part for value in whole for part in _SIGNATURE_PARTS.findall(value)]
    return [Secret(value) for value in (*whole, *parts)]


_SECRET_HEADERS = ("X-Auth-Token", "X-Security-Token", "Authorization")
_SIGNATURE_PARTS = re.compile(r"(?:Access|Signature)=([^,\s]+)")


def _forms(secret: Secret) -> Iterator[bytes]:
    """As it is, as part of an address, and in JSON that is itself quoted in JSON."""
    form = Secret(secret.reveal())
    yield quote(form.reveal(), safe="", errors="replace").encode()
    for _ in range(_DEEPEST_QUOTE + 1):
        yield form.reveal().encode(errors="replace")
        form = Secret(json.dumps(form.reveal())[1:-1])
