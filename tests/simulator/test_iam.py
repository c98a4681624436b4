"""Sign-in by password, and the list of projects."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ims_tui.simulator.account import DEMO, Project
from tests.simulator.stage import STARTED, Stage, decoded, header

RIGHT_USER = {
    "name": DEMO.user,
    "password": DEMO.password,
    "domain": {"name": DEMO.domain},
}


def sign_in_body(
    user: object = RIGHT_USER, scope: object = None, methods: object = ("password",)
) -> dict[str, Any]:
    return {
        "auth": {
            "identity": {"methods": methods, "password": {"user": user}},
            "scope": scope or {"project": {"name": DEMO.project.name}},
        }
    }


def sign_in(stage: Stage, body: object, query: str = "") -> tuple[int, Any, str]:
    response = stage.ask("POST", f"/v3/auth/tokens{query}", body, x_auth_token="")
    status, decoded_body = decoded(response)
    token = header(response, "X-Subject-Token") if status == 201 else ""
    return status, decoded_body, token


@pytest.mark.parametrize(
    "user",
    [
        RIGHT_USER,
        {**RIGHT_USER, "domain": {"id": DEMO.domain_id}},
        {"id": DEMO.user_id, "password": DEMO.password},
    ],
)
@pytest.mark.parametrize(
    "project", [{"name": DEMO.project.name}, {"id": DEMO.project.id}]
)
def test_a_right_password_gives_a_token_that_works(
    user: object, project: object
) -> None:
    stage = Stage()
    status, body, token = sign_in(stage, sign_in_body(user, {"project": project}))
    assert status == 201
    assert body["token"]["project"]["id"] == DEMO.project.id
    assert token not in str(body)
    assert stage.show("rocky9-base", x_auth_token=token)[0] == 200


def test_a_token_lives_a_day_and_says_so_in_microseconds() -> None:
    stage = Stage(speed=20)
    _, body, token = sign_in(stage, sign_in_body())
    assert body["token"]["expires_at"] == "2026-11-24T12:00:00.000000Z"
    stage.elapsed_s = 20 * (24 * 3600 - 1)
    assert stage.show("rocky9-base", x_auth_token=token)[0] == 200
    stage.elapsed_s = 20 * 24 * 3600
    status, refused = stage.show("rocky9-base", x_auth_token=token)
    assert status == 401
    assert "token expires, expires_at: 2026-11-24T12:00:00Z" in refused["error_msg"]


def test_a_new_token_does_not_end_the_old_one() -> None:
    stage = Stage()
    tokens = [sign_in(stage, sign_in_body())[2] for _ in range(2)]
    assert tokens[0] != tokens[1]
    for token in tokens:
        assert stage.show("rocky9-base", x_auth_token=token)[0] == 200


def test_tokens_expire_early_in_auth() -> None:
    _, body, _ = sign_in(Stage("auth", speed=20), sign_in_body())
    end = datetime.fromisoformat(body["token"]["expires_at"])
    assert end - STARTED == timedelta(seconds=45)


@pytest.mark.parametrize(("query", "services"), [("", 4), ("?nocatalog=true", 0)])
def test_the_catalogue_can_be_left_out(query: str, services: int) -> None:
    _, body, _ = sign_in(Stage(), sign_in_body(), query)
    assert len(body["token"]["catalog"]) == services


@pytest.mark.parametrize(
    "user",
    [
        {**RIGHT_USER, "password": "wrong"},
        {**RIGHT_USER, "name": "nobody"},
        {**RIGHT_USER, "domain": {"name": "elsewhere"}},
        {"name": DEMO.user, "password": DEMO.password},
    ],
)
def test_a_wrong_user_or_password(user: object) -> None:
    status, body, _ = sign_in(Stage(), sign_in_body(user))
    assert status == 401
    assert body["error"] == {
        "code": 401,
        "message": "The username or password is wrong.",
        "title": "Unauthorized",
    }


def test_six_wrong_passwords_lock_the_user_for_five_minutes() -> None:
    stage = Stage()
    for _ in range(6):
        sign_in(stage, sign_in_body({**RIGHT_USER, "password": "wrong"}))
    status, body, _ = sign_in(stage, sign_in_body())
    assert (status, body["error"]["message"]) == (401, "The account is locked.")
    stage.elapsed_s = 300
    assert sign_in(stage, sign_in_body())[0] == 201


def test_a_project_the_account_does_not_have() -> None:
    body = sign_in_body(scope={"project": {"name": "eu-west-101"}})
    status, refused, _ = sign_in(Stage(), body)
    assert (status, refused["error"]["message"]) == (401, "Unauthorized.")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"auth": None},
        sign_in_body(user=None),
        sign_in_body(user="root"),
        sign_in_body(user={"name": DEMO.user}),
        sign_in_body(user={**RIGHT_USER, "domain": "demo"}),
        sign_in_body(methods=["token"]),
        sign_in_body(scope={"domain": {"name": DEMO.domain}}),
        sign_in_body(scope={"project": "name"}),
        sign_in_body(scope={"project": {}}),
    ],
)
def test_a_body_that_is_no_sign_in(body: object) -> None:
    status, refused, _ = sign_in(Stage(), body)
    assert status == 400
    assert refused["error"]["message"] == "The request body is invalid"


def test_projects_are_found_by_name() -> None:
    stage = Stage()
    status, body = stage.get(f"/v3/projects?name={DEMO.project.name}")
    assert status == 200
    assert [project["id"] for project in body["projects"]] == [DEMO.project.id]
    assert stage.get("/v3/projects?name=nowhere")[1]["projects"] == []
    assert stage.get("/v3/projects", x_auth_token="garbage")[0] == 401


def test_an_account_may_have_several_projects_of_one_name() -> None:
    twin = Project("0" * 32, DEMO.project.name)
    stage = Stage(account=replace(DEMO, projects=(*DEMO.projects, twin)))
    _, body = stage.get(f"/v3/projects?name={DEMO.project.name}")
    assert len(body["projects"]) == 2


def test_secrets_stay_out_of_the_account_s_repr() -> None:
    for secret in (DEMO.password, DEMO.token, DEMO.key.secret_key):
        assert secret not in repr(DEMO)
