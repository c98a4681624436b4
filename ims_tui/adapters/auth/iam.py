"""Asking IAM: a token for a password, the project of an access key.

Source: IAM API, "obtaining a user token through password authentication" (the token is
only in the header `X-Subject-Token`) and "querying project information by name".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

import httpx

from ims_tui.adapters.auth.token import TokenSource
from ims_tui.adapters.bodies import read_body
from ims_tui.adapters.netcause import cause_of
from ims_tui.core.config.settings import PasswordSpec
from ims_tui.core.service.envelope import read_error
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.jsontext import Json, NotJsonError, load
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.service.reply import service_date
from ims_tui.core.service.times import parse_time
from ims_tui.core.show import cause_texts as texts
from ims_tui.core.signin.catalogue import endpoint_in, text_in
from ims_tui.core.signin.credential import SignInRefusedError, Token, check_transport
from ims_tui.core.signin.refusal import (
    Refusal,
    RefusalKind,
    Scheme,
    Unavailable,
    explain_refusal,
    masked,
    refusal,
)
from ims_tui.core.signin.secret import Secret
from ims_tui.core.text import printable

LIMIT_S = 30.0
"""A sign-in takes at most this long, however slowly a reply drips."""

MAX_BODY = 1024 * 1024
"""Bytes read of a reply of IAM."""

_LONGEST_SAID = 200
"""Characters of a reply's own text in a sentence of ours."""
_MAX_WAIT_S = 3600.0

_Answer: TypeAlias = "tuple[httpx.Response, bytes]"


class PasswordLogin(TokenSource):
    """Signs an IAM user in for a project-scoped token (Keystone v3)."""

    scheme = PasswordSpec.scheme
    renews = True

    def __init__(
        self,
        spec: PasswordSpec,
        http: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        region: str = "",
        allow_http: bool = False,
        wants_endpoint: bool = False,
        service: JobService = JobService.IMS,
    ) -> None:
        self._wants_endpoint = wants_endpoint
        self._service = service
        self._region = region
        self.source = spec.source
        self._spec = spec
        self._http = http
        self._now = now
        self._project = spec.project_name or region
        self._allow_http = allow_http

    async def obtain(self) -> Token | Refusal | Unavailable:
        """Send one sign-in request."""
        if not (self._spec.project_id or self._project):
            return refusal(RefusalKind.NO_PROJECT, texts.NO_PROJECT_NAMED)
        try:
            query = {} if self._wants_endpoint else {"nocatalog": "true"}
            url = _iam_url(self._spec.auth_url, "auth/tokens", **query)
            # A key pair's auth checks this by itself; a password goes in the body.
            check_transport(str(url), self._allow_http)
        except httpx.InvalidURL:
            return refusal(RefusalKind.AUTH_URL)
        except SignInRefusedError as error:
            return error.refusal
        request = self._http.build_request("POST", url, json=self._identity())
        answer = await _ask(self._http, request, None)
        if not isinstance(answer, tuple):
            return answer
        fault = _fault(answer, Scheme.PASSWORD, (self._spec.password,))
        return fault or self._token(*answer)

    def _identity(self) -> dict[str, object]:
        spec, domain = self._spec, {"name": self._spec.domain}
        password = {"password": spec.password.reveal()}
        user = {"name": spec.user, "domain": domain, **password}
        by_name = {"name": self._project, "domain": domain}
        project = {"id": spec.project_id} if spec.project_id else by_name
        identity = {"methods": ["password"], "password": {"user": user}}
        return {"auth": {"identity": identity, "scope": {"project": project}}}

    def _token(self, response: httpx.Response, body: bytes) -> Token | Refusal:
        if not response.headers.get("X-Subject-Token"):
            return refusal(RefusalKind.AUTH_URL)
        described = _member(_json(body), "token")
        project = _member(described, "project")
        expires_at = parse_time(text_in(described, "expires_at"))
        date = service_date(response.headers.get("date", ""), self._now())
        if expires_at and date:
            # IAM's clock counts; where ours is wrong, the countdown stays right.
            expires_at += self._now() - date
        return Token(
            Secret(response.headers["X-Subject-Token"]),
            expires_at,
            text_in(project, "name"),
            text_in(_member(project, "domain"), "name") or self._spec.domain,
            text_in(project, "id"),
            endpoint_in(_member(described, "catalog"), self._region, self._service)
            if self._wants_endpoint
            else "",
        )


async def find_project(
    http: httpx.AsyncClient, iam_url: str, name: str, auth: httpx.Auth
) -> str | Refusal | Unavailable:
    """Look up the id of the project with a name; a region's own has the region's."""
    try:
        url = _iam_url(iam_url, "projects", name=name)
    except httpx.InvalidURL:
        return refusal(RefusalKind.AUTH_URL)
    answer = await _ask(http, http.build_request("GET", url), auth)
    if not isinstance(answer, tuple):
        return answer
    if answer[0].status_code == 403:
        return refusal(RefusalKind.PROJECTS_HIDDEN)
    return _fault(answer, Scheme.KEY, ()) or _only_project(_json(answer[1]), name)


def _only_project(reply: Json, name: str) -> str | Refusal:
    projects = reply.get("projects") if isinstance(reply, Mapping) else None
    if not isinstance(projects, (list, tuple)):
        return refusal(RefusalKind.AUTH_URL)
    ids = [
        found
        for project in projects
        if (found := text_in(project, "id")) and text_in(project, "name") in ("", name)
    ]
    if len(ids) == 1:
        return ids[0]
    if not ids:
        return refusal(RefusalKind.NO_PROJECT, texts.no_project(name))
    return refusal(RefusalKind.SEVERAL_PROJECTS, texts.several_projects(name, ids))


def _iam_url(root: str, call: str, **query: str) -> httpx.URL:
    """The address of a call; the root may or may not end in `/v3`."""
    base = root.rstrip("/").removesuffix("/v3")
    return httpx.URL(f"{base}/v3/{call}", params=query)


async def _ask(
    http: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None
) -> _Answer | Refusal | Unavailable:
    """Send one request; never follows a redirect."""
    try:
        async with asyncio.timeout(LIMIT_S):
            response = await http.send(
                request, auth=auth, stream=True, follow_redirects=False
            )
            try:
                return response, await read_body(response, MAX_BODY)
            except httpx.DecodingError:
                if response.is_success:
                    raise
                return response, b""  # the status alone refuses, too
            finally:
                await response.aclose()
    except SignInRefusedError as error:
        return error.refusal
    except (httpx.TimeoutException, TimeoutError):
        why = texts.NO_ANSWER
    except (httpx.HTTPError, UnicodeError) as error:
        why = cause_of(error)
    cause = texts.no_answer_from(request.url.netloc.decode("ascii"), why)
    return Unavailable(FailureKind.UNREACHABLE, cause)


def _fault(
    answer: _Answer, scheme: Scheme, secrets: tuple[Secret, ...]
) -> Refusal | Unavailable | None:
    """Judge a reply of IAM; None: it is good."""
    response, body = answer
    if response.status_code in (200, 201):
        return None
    code, message = read_error(masked(body, secrets))
    status = response.status_code
    text = printable(message, _LONGEST_SAID)
    said = " ".join(filter(None, (f"HTTP {status}", code, text)))
    if status == 429:
        wait_s = _wait_s(response.headers.get("retry-after", ""))
        busy = texts.iam_is_busy(said)
        return Unavailable(FailureKind.THROTTLED, busy, code, wait_s)
    if status == 408 or status >= 500:
        return Unavailable(FailureKind.SERVER_FAULT, texts.iam_is_down(said), code)
    if status not in (400, 401, 403):
        return refusal(RefusalKind.AUTH_URL, code=code, said=said)
    # Only a 401 is about the password where the text does not say more.
    return explain_refusal(
        code, message, None, scheme if status == 401 else Scheme.NONE
    )


def _wait_s(text: str) -> float | None:
    is_count = text.isascii() and text.isdigit()
    return min(float(text), _MAX_WAIT_S) if is_count else None


def _json(body: bytes) -> Json:
    try:
        return load(body)[0]
    except NotJsonError:
        return None


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, Mapping) else None
