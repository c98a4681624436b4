"""The part of IAM that clients need: sign-in by password, and the projects."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from ims_tui.simulator.account import Account, Project
from ims_tui.simulator.gate import Lockout
from ims_tui.simulator.message import Request, Response, iam_refusal, json_response
from ims_tui.simulator.tokens import issue

TRACE_HEADER = "X-IAM-Trace-Id"


class Iam:
    """Issues tokens of one account.

    Args:
        account: whose password opens.
        token_key: what tokens are signed with.
        token_life: how long a token works.
    """

    def __init__(
        self, account: Account, token_key: bytes, token_life: timedelta
    ) -> None:
        self._account = account
        self._token_key = token_key
        self._token_life = token_life
        self._lockout = Lockout()
        self._issued = 0

    def sign_in(self, request: Request, now: datetime, request_id: str) -> Response:
        """`POST /v3/auth/tokens`: 201 with `X-Subject-Token`, else 400 or 401."""
        user, scope = _parse_sign_in(request.body)
        self._check_password(user, now)
        project = self._scoped_project(scope)
        self._issued += 1
        expires_at = now + self._token_life
        token = issue(self._token_key, expires_at, self._issued, project.id)
        wants_catalog = dict(request.query).get("nocatalog") is None
        body = {
            "token": {
                "catalog": _catalog(request, project) if wants_catalog else [],
                "expires_at": _time(expires_at),
                "issued_at": _time(now),
                "methods": ["password"],
                "project": {
                    "domain": self._domain,
                    "id": project.id,
                    "name": project.name,
                },
                "roles": [{"id": "0", "name": "te_admin"}],
                "user": {
                    "domain": self._domain,
                    "id": self._account.user_id,
                    "name": self._account.user,
                    "password_expires_at": "",
                },
            }
        }
        headers = (("X-Subject-Token", token), (TRACE_HEADER, request_id))
        return json_response(201, body, headers)

    def projects(self, request: Request, request_id: str) -> Response:
        """`GET /v3/projects`, with `name` as the only filter."""
        name = dict(request.query).get("name")
        base = f"http://{request.headers.get('host', 'iam')}/v3/projects"
        links = {"next": None, "previous": None}
        body = {
            "projects": [
                {
                    "domain_id": self._account.domain_id,
                    "is_domain": False,
                    "parent_id": self._account.domain_id,
                    "name": project.name,
                    "description": "",
                    "links": {**links, "self": f"{base}/{project.id}"},
                    "id": project.id,
                    "enabled": True,
                }
                for project in self._account.projects
                if name in (None, project.name)
            ],
            "links": {**links, "self": base},
        }
        return json_response(200, body, ((TRACE_HEADER, request_id),))

    def version(self, request: Request) -> Response:
        """`GET /v3`: which version is spoken here, asked before any sign-in."""
        link = {"rel": "self", "href": f"http://{request.headers.get('host')}/v3/"}
        version = {
            "id": "v3.6",
            "status": "stable",
            "updated": "2016-04-04T00:00:00Z",
            "links": [link],
            "media-types": [
                {
                    "base": "application/json",
                    "type": "application/vnd.openstack.identity-v3+json",
                }
            ],
        }
        return json_response(200, {"version": version})

    @property
    def _domain(self) -> dict[str, str]:
        return {"id": self._account.domain_id, "name": self._account.domain}

    def _check_password(self, user: dict[str, Any], now: datetime) -> None:
        account = self._account
        if self._lockout.is_locked(account.user, now):
            raise iam_refusal(401, "Unauthorized", "The account is locked.")
        by_id = user.get("id") == account.user_id
        domain = user.get("domain", {})
        by_name = user.get("name") == account.user and (
            domain.get("name") == account.domain
            or domain.get("id") == account.domain_id
        )
        is_right = user["password"] == account.password
        if by_id or by_name:
            self._lockout.record(account.user, is_right, now)
        if not (is_right and (by_id or by_name)):
            message = "The username or password is wrong."
            raise iam_refusal(401, "Unauthorized", message)

    def _scoped_project(self, scope: dict[str, Any]) -> Project:
        matching = [
            project
            for project in self._account.projects
            if scope.get("id", project.id) == project.id
            and scope.get("name", project.name) == project.name
        ]
        if not matching:
            raise iam_refusal(401, "Unauthorized", "Unauthorized.")
        return matching[0]


def _parse_sign_in(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """User and project scope; 400 for anything but a password sign-in."""
    invalid = iam_refusal(400, "Bad Request", "The request body is invalid")
    try:
        auth = json.loads(body)["auth"]
        methods = auth["identity"]["methods"]
        user = auth["identity"]["password"]["user"]
        scope = auth["scope"]["project"]
        domain = user.get("domain", {})
        is_valid = (
            methods == ["password"]
            and isinstance(user["password"], str)
            and isinstance(domain, dict)
            and ("id" in scope or "name" in scope)
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise invalid from None
    if not is_valid or not isinstance(scope, dict):
        raise invalid
    return user, scope


def _time(moment: datetime) -> str:
    """IAM's format: microseconds, `Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def _catalog(request: Request, project: Project) -> list[dict[str, Any]]:
    host = request.headers.get("host", "ims")
    endpoint = {
        "id": project.id,
        "interface": "public",
        "region": project.name,
        "region_id": project.name,
        "url": f"http://{host}",
    }
    identity = {**endpoint, "url": f"http://{host}/v3"}
    sibling = {**endpoint, "url": f"http://{host}/v1/{project.id}"}
    return [
        {"endpoints": [endpoint], "id": "ims", "name": "ims", "type": "image"},
        {"endpoints": [sibling], "id": "ecs", "name": "ecs", "type": "ecs"},
        {"endpoints": [sibling], "id": "evs", "name": "evs", "type": "evs"},
        {"endpoints": [identity], "id": "iam", "name": "iam", "type": "identity"},
    ]
