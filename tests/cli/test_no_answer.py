"""What has no usable answer ends in time, says why, and never looks like success."""

from __future__ import annotations

import socket

import pytest

from tests.cli.program import QUICK, Program
from tests.cli.service import Service, job_id

ONE = job_id(1)
REFUSALS = {
    "401": (401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM"}),
    "403": (403, {"error": {"code": "IMG.0005", "message": "denied"}}),
}
PORTAL = "<html><body>Please sign in to the guest network</body></html>"
THROTTLED = {"error_code": "APIGW.0308", "error_msg": "too many requests"}


@pytest.fixture
def listed(program: Program) -> Program:
    program.configure(QUICK)
    program.run("add", ONE)
    return program


@pytest.mark.parametrize("refusal", REFUSALS)
def test_watch_ends_with_4_where_the_service_refuses(
    listed: Program, service: Service, refusal: str
) -> None:
    service.instead = REFUSALS[refusal]
    done = listed.run("watch", "--exit-when-done")
    assert done.returncode == 4, done.stderr
    assert "polling stopped" in done.stderr


def test_watch_ends_where_nobody_can_be_asked(listed: Program) -> None:
    done = listed.run("watch", "--exit-when-done", IMS_TUI_TOKEN="")
    assert done.returncode == 4
    assert "Not signed in: No credential" in done.stderr
    nowhere = {"IMS_TUI_ENDPOINT": "", "IMS_TUI_TOKEN": "x"}
    done = listed.run("watch", "--exit-when-done", **nowhere)
    assert done.returncode == 7
    assert "No request can be sent" in done.stderr


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ((200, PORTAL), "HTML, not JSON"),
        ((429, THROTTLED), "APIGW.0308"),
        ((500, {}), "HTTP 500"),
        ((204, ""), "not understood"),
    ],
)
def test_a_wait_gives_up_whatever_the_answer_is(
    listed: Program, service: Service, instead: tuple[int, object], why: str
) -> None:
    service.instead = instead
    gives_up(listed, why)


def test_so_it_does_where_nothing_answers(listed: Program, service: Service) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{free.getsockname()[1]}"
        places = {
            refused: "connection refused",
            service.url.replace("http:", "https:"): "TLS failed",
            "https://nobody.invalid": "DNS lookup failed",
        }
        for place, why in places.items():
            listed.environ["IMS_TUI_ENDPOINT"] = place
            gives_up(listed, why)


def gives_up(program: Program, why: str) -> None:
    """Wait two seconds for an answer; say why there was none, and end with 6."""
    done = program.run("wait", ONE, "--give-up", "2s")
    assert done.returncode == 6, done.stderr
    assert why in done.stderr
    assert done.stderr.endswith("given up: no usable answer within 2s\n")
