"""`auth` and `doctor` as processes: what they print, and what they end with."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import pytest

from tests.cli.program import COMMAND, Program
from tests.cli.service import Service
from tests.pty_screen import PtyScreen

TWO = """
[profiles.prod]
endpoint = "{url}"
token_env = "PROD_TOKEN"

[profiles.dr]
region = "eu-de"
auth = "aksk"
"""


def configured(program: Program, service: Service, **environ: str) -> Program:
    program.environ = {
        name: text
        for name, text in program.environ.items()
        if not name.startswith("IMS_TUI")
    } | environ
    program.configure(TWO.format(url=service.url))
    return program


def test_status_says_what_won_and_why_without_a_request(
    program: Program, service: Service
) -> None:
    done = program.run("auth", "status", HW_ACCESS_KEY="ak", HW_SECRET_KEY="sk")
    assert done.returncode == 0
    assert "credential  token, environment IMS_TUI_TOKEN" in done.stdout
    assert "IMS_TUI_ENDPOINT and IMS_TUI_TOKEN are both set" in done.stdout
    assert "not used    environment HW_*: " in done.stdout
    assert "a-token" not in done.stdout
    assert not service.asked


def test_status_of_several_profiles_as_json(program: Program, service: Service) -> None:
    configured(program, service, PROD_TOKEN="a-token")
    done = program.run("auth", "status", "--json")
    assert done.returncode == 4  # dr has no credential
    document = json.loads(done.stdout)
    assert document["schema"] == 2
    prod, dr = document["profiles"]
    assert prod["scheme"] == "token"
    assert prod["source"] == "config.toml profile prod, environment PROD_TOKEN"
    assert dr["scheme"] is None
    assert dr["endpoint"] == "https://ims.eu-de.otc.t-systems.com"
    assert "No credential for aksk" in dr["why"]


def test_status_knows_the_end_of_a_token_that_came_with_one(
    program: Program, service: Service
) -> None:
    path = program.home / "token"
    path.write_text('{"token": "a-token", "expires_at": "2099-01-01T00:00:00Z"}')
    path.chmod(0o600)
    program.environ.pop("IMS_TUI_TOKEN")
    program.configure(
        f'[profiles.p]\nendpoint = "{service.url}"\ntoken_file = "{path}"'
    )
    assert "2099-01-01 00:00:00 UTC" in program.run("auth", "status").stdout
    path.write_text("two words")
    assert "does not hold one token" in program.run("auth", "status").stdout


def test_check_signs_in_once(program: Program, service: Service) -> None:
    done = program.run("auth", "check")
    assert done.returncode == 0
    assert done.stdout.startswith("default: signed in")
    assert service.asked == ["0" * 32]


def test_check_takes_a_profile_and_refuses_an_unknown_one(
    program: Program, service: Service
) -> None:
    configured(program, service, PROD_TOKEN="wrong")
    done = program.run("auth", "check", "prod", "--json")
    assert done.returncode == 4
    (prod,) = json.loads(done.stdout)["profiles"]
    assert prod["ok"] is False
    assert prod["problem"] == "auth_rejected"
    assert prod["cause"] == "The service does not accept this token."
    assert prod["error_code"] == "APIGW.0301"
    assert prod["service_says"] == "APIGW.0301 Incorrect IAM"
    assert len(service.asked) == 1
    done = program.run("auth", "check", "nobody")
    assert done.returncode == 2
    assert "'nobody' is not a profile; there are: prod, dr" in done.stderr


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"IMS_TUI_TOKEN": "wrong"}, 4),
        ({"IMS_TUI_ENDPOINT": "http://127.0.0.1:1"}, 6),
        ({"IMS_TUI_ENDPOINT": ""}, 7),
    ],
)
def test_exit_codes_of_check(
    program: Program, environ: Mapping[str, str], code: int
) -> None:
    assert program.run("auth", "check", **environ).returncode == code


def test_a_broken_config_is_exit_code_7(program: Program) -> None:
    program.configure("[[[")
    assert program.run("auth", "check").returncode == 7


def test_doctor_finds_all_in_order(program: Program) -> None:
    done = program.run("doctor")
    assert done.returncode == 0, done.stdout
    for subject in ("config", "watchlist", "default network", "default sign-in"):
        assert f"ok    {subject}" in done.stdout
    assert "note  terminal" in done.stdout  # there is none here


def test_doctor_counts_failures_and_says_what_to_do(
    program: Program, service: Service
) -> None:
    configured(program, service, PROD_TOKEN="wrong")
    path = program.home / "config" / "ims-tui" / "config.toml"
    path.write_text(path.read_text() + 'colour = "red"\n')
    path.chmod(0o666)
    log = program.home / "state" / "ims-tui" / "ims-tui.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    log.chmod(0o644)
    done = program.run("doctor", "--json", "-p", "prod")
    document = json.loads(done.stdout)
    failed = {f["subject"]: f for f in document["findings"] if f["level"] == "fail"}
    assert failed.keys() == {"config", "config file", "log", "prod sign-in"}
    assert (done.returncode, document["failures"]) == (1, 4)
    assert "nearest: profiles.dr.cloud" in failed["config"]["text"]
    assert failed["config file"]["remedy"] == f"Run chmod go-w {path}"
    assert failed["log"]["remedy"] == f"Run chmod 600 {log}"
    assert failed["prod sign-in"]["remedy"].startswith("Start ims-tui again")


def test_doctor_names_a_service_that_is_not_there(program: Program) -> None:
    done = program.run("doctor", IMS_TUI_ENDPOINT="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "FAIL  default network    no answer from 127.0.0.1" in done.stdout


def test_doctor_measures_widths_in_a_terminal(program: Program) -> None:
    command = [*COMMAND, "doctor"]
    with PtyScreen(command, columns=120, environ=program.environ) as screen:
        shown = screen.wait_for("default sign-in")
        assert screen.end() == 0
    assert "terminal           xterm-256color, 120x24" in shown
    assert "ok    colours" in shown
    assert "ok    encoding           UTF-8" in shown


def test_the_width_of_a_text_is_where_the_cursor_stands(program: Program) -> None:
    code = (
        "from ims_tui.cli.cursor import measured_widths as m; "
        "print('WIDTHS', m(['a', '\\u4e2d']))"
    )
    command = [sys.executable, "-c", code]
    with PtyScreen(command, environ=program.environ) as screen:
        for column in (2, 3):  # the test plays the terminal
            screen.wait_for(lambda text: True)
            while b"\x1b[6n" not in screen.received:
                screen.read()
            screen.received = b""
            screen.send(f"\x1b[1;{column}R")
        screen.wait_for("WIDTHS {'a': 1, '中': 2}")
        assert screen.end() == 0
