"""JSON output against the published schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.chat_server import ChatServer
from tests.cli.program import Program
from tests.cli.service import Service, failed, job_id, running, succeeded

jsonschema = pytest.importorskip("jsonschema")

ONE, TWO, NEW = job_id(1), job_id(2), job_id(3)


def test_every_document_is_as_published(program: Program, service: Service) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO, NEW, "--tag", "x")
    documents = {
        "list": program.run("list", "--json").stdout,
        "one": program.run("get", ONE, "--json").stdout,
        "wait": program.run("wait", TWO, "--json").stdout,
    }
    lines = program.run("wait", TWO, NEW, "--jsonl").stdout.splitlines()
    for kind, text in [*documents.items(), *(("event", line) for line in lines)]:
        check(schema, kind, json.loads(text))
    assert len(lines) >= 2


def check(schema: dict[str, Any], kind: str, document: object) -> None:
    """A document is as published, and has no member that is not."""
    declared = {name: closed(part) for name, part in schema["$defs"].items()}
    for name in ("job", "list"):  # others are made of them
        declared[name].pop("unevaluatedProperties")
    jsonschema.validate(document, {"$ref": f"#/$defs/{kind}", "$defs": declared})
    jsonschema.validate(document, schema)


def closed(part: Any) -> Any:
    if isinstance(part, list):
        return [closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    whole = {name: closed(inner) for name, inner in part.items()}
    return {**whole, "unevaluatedProperties": False} if is_object(part) else whole


def is_object(part: dict[str, Any]) -> bool:
    return isinstance(part.get("properties"), dict) and "type" in part


def test_a_member_that_is_not_declared_is_found(
    program: Program, service: Service
) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    service.jobs = {ONE: running()}
    job = json.loads(program.run("get", ONE, "--json").stdout)
    del schema["$defs"]["job"]["properties"]["label"]
    with pytest.raises(jsonschema.ValidationError, match="label"):
        check(schema, "one", job)


def test_the_schema_refuses_what_it_does_not_describe(program: Program) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    for wrong in ({}, {"schema": 1, "jobs": []}, {"schema": 2, "jobs": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_what_is_said_of_the_program_itself_is_as_published(
    program: Program, service: Service
) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    program.configure("[ui]\ntheme = 7\n")
    for kind, *words in (
        ("doctor", "doctor"),
        ("auth_status", "auth", "status"),
        ("auth_check", "auth", "check"),
        ("config_show", "config", "show"),
        ("config_check", "config", "check"),
        ("config_path", "config", "path"),
    ):
        for more in ({}, {"IMS_TUI_TOKEN": ""}):
            shown = program.run(*words, "--json", **more).stdout
            check(schema, kind, json.loads(shown))


def test_what_is_posted_is_as_published(program: Program, service: Service) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    service.jobs = {ONE: succeeded(), TWO: failed()}
    with ChatServer() as chat:
        program.environ["TEAM_URL"] = chat.url
        program.configure(
            '[notify.channels.team]\nkind = "json"\nurl_env = "TEAM_URL"\n'
        )
        program.run("wait", ONE, TWO, "--notify")
        program.run("notify", "test", "team")
        posted = [json.loads(body) for body in chat.bodies]
    for document in posted:
        check(schema, "webhook", document)
    told = {news["event"] for document in posted for news in document["news"]}
    assert told == {"fail", "success", "stalled", "all_done"}


def test_a_digest_and_past_events_are_as_published(
    program: Program, service: Service
) -> None:
    schema = json.loads(program.run("list", "--schema").stdout)
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO)
    program.run("list", "--refresh")
    check(schema, "digest", json.loads(program.run("digest", "--json").stdout))
    lines = program.run("events", "--jsonl").stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        check(schema, "event", json.loads(line))
