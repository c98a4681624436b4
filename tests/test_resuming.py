"""In a real terminal: a mended file goes on by itself, without a key or a restart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, QUICK, Program
from tests.cli.service import TOKEN, Service, job_id, running, succeeded
from tests.pty_screen import PtyScreen

PROFILES = """
[profiles.prod]
endpoint = "{url}"
token_file = "{token}"

[profiles.dr]
endpoint = "{url}"
token_env = "DR_TOKEN"
"""


@pytest.fixture
def service() -> Service:
    return Service()


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


@pytest.mark.slow
def test_a_stopped_profile_goes_on_when_its_file_is_mended(
    tmp_path: Path, service: Service
) -> None:
    with service:
        service.jobs = {job_id(1): running(0.24), job_id(2): running(0.42)}
        token = tmp_path / "token"
        write(token, "wrong")
        program = Program(tmp_path)
        program.environ["DR_TOKEN"] = TOKEN
        config = QUICK + PROFILES.format(url=service.url, token=token)
        program.configure(config)
        program.run("add", job_id(1), "--profile", "prod", "--label", "in-prod")
        program.run("add", job_id(2), "--profile", "dr", "--label", "in-dr")
        command = [*COMMAND, "-v"]
        with PtyScreen(
            command, columns=130, rows=30, environ=program.environ
        ) as screen:
            shown = screen.wait_for(
                lambda text: (
                    "The service does not accept this token" in text and "42%" in text
                )
            )
            assert "Polling of prod is stopped; other profiles go on" in shown
            assert "prod SIGN-IN" in shown
            assert "PROFILE" in shown  # it came in by itself
            asked = service.asked.count(job_id(1))
            assert asked <= 2
            service.jobs[job_id(2)] = running(0.77)
            screen.wait_for("77%")
            assert service.asked.count(job_id(1)) == asked
            write(token, TOKEN)
            mended_s = time.monotonic()
            screen.wait_for("24%")
            assert time.monotonic() - mended_s < 10
            shown = screen.wait_for(lambda text: "SIGN-IN" not in text)
            assert "in-prod" in shown
            assert "in-dr" in shown

            program.configure(config.replace("[profiles.dr]", "[profiles.dr]\nkolor=1"))
            screen.wait_for("profiles.dr stays as it was until this is mended")
            service.jobs[job_id(2)] = succeeded()
            screen.wait_for("1 ok")
            screen.send("qq")
            assert screen.end() == 0
