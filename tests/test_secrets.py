"""No secret in any file, line, screen or argument the program produces."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import psutil
import pytest

from tests.cli.program import COMMAND, Program
from tests.pty_screen import PtyScreen

SECRETS = {
    "token": "tok.Sx81-of-the-environment",
    "file token": "tok.Qk27-of-the-file",
    "helper token": "tok.Zr55-of-the-helper",
    "issued token": "tok.Vb93-issued-by-iam",
    "password": 'pass"word Ym46 <&>',
    "secret key": "Kd82fjsSecretKey0000000000000000000000001",
    "security token": "tok.Nw64-temporary",
    "access key": "HPUAKEXAMPLE00000001",
    "typed into the config": "Jt39-never-in-this-file",
}
JOB = "ff8080814dbd65d7014dbe0d84db0013"
CONFIG = """\
[profiles.token]
endpoint = "{url}"
token_env = "OUR_TOKEN"

[profiles.file]
endpoint = "{url}"
token_file = "{home}/token"

[profiles.helper]
endpoint = "{url}"
token_command = ["{python}", "-S", "{home}/helper.py"]

[profiles.password]
endpoint = "{url}"
auth = "password"
auth_url = "{url}/v3"
domain = "d"
user = "u"
project = "cn-north-4"
password_env = "OUR_PASSWORD"

[profiles.keys]
endpoint = "{url}"
region = "cn-north-4"
auth = "aksk"
auth_url = "{url}/v3"
access_key_env = "OUR_ACCESS_KEY"
secret_key_file = "{home}/secret-key"
security_token_env = "OUR_SECURITY_TOKEN"

[profiles.mistaken]
endpoint = "{url}"
password = "{typed}"
pasword = "{typed}"
token_env = "{typed}"
access_key = "{typed}"
"""


class Echo(ThreadingHTTPServer):
    """Accepts everybody, or refuses and says back all that was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.accepts = True
        self.sent = ""
        """All that clients sent, to see that secrets travelled at all."""

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Echo

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = f"{self.headers}{self.rfile.read(length).decode()}"
        self.server.sent += sent
        refusal: dict[str, object] = {"error_code": "APIGW.0301", "error_msg": sent}
        status, body = self._good() if self.server.accepts else (401, refusal)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Subject-Token", SECRETS["issued token"])
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET()

    def _good(self) -> tuple[int, dict[str, object]]:
        if self.path.startswith("/v3/auth"):
            ends = "2099-01-01T00:00:00.000000Z"
            return 201, {"token": {"expires_at": ends}}
        if self.path.startswith("/v3/projects"):
            return 200, {"projects": [{"id": "p", "name": "cn-north-4"}]}
        return 200, {
            "job_id": self.path.rpartition("/")[2],
            "job_type": "imsImportImageJob",
            "status": "RUNNING",
            "begin_time": "2026-11-23T12:00:00.586Z",
            "entities": {"process_percent": 0.2},
        }

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def program(tmp_path: Path, echo: Echo) -> Program:
    program = Program(tmp_path)
    for name, text in (
        ("token", SECRETS["file token"]),
        ("secret-key", SECRETS["secret key"]),
        ("helper.py", f"print({SECRETS['helper token']!r})"),
    ):
        path = tmp_path / name
        path.write_text(text)
        path.chmod(0o600)
    program.configure(
        CONFIG.format(
            url=echo.url,
            home=tmp_path,
            python=sys.executable,
            typed=SECRETS["typed into the config"],
        )
    )
    program.environ |= {
        "OUR_TOKEN": SECRETS["token"],
        "OUR_PASSWORD": SECRETS["password"],
        "OUR_ACCESS_KEY": SECRETS["access key"],
        "OUR_SECURITY_TOKEN": SECRETS["security token"],
    }
    return program


def forms(secret: str) -> set[str]:
    """How a secret could be written down."""
    coded = base64.b64encode(secret.encode()).decode()
    return {secret, json.dumps(secret)[1:-1], quote(secret), coded, repr(secret)[1:-1]}


def found_in(text: str) -> list[str]:
    """Names of the secrets that stand in a text."""
    return [
        name
        for name, secret in SECRETS.items()
        if any(form in text for form in forms(secret))
    ]


def left_behind(program: Program) -> str:
    """Every file the program wrote, as text."""
    ours = {"token", "secret-key", "helper.py", "config.toml"}
    paths = [p for p in program.home.rglob("*") if p.is_file() and p.name not in ours]
    assert any(path.name == "ims-tui.log" for path in paths)
    assert any(path.name.startswith("state.db") for path in paths)
    for path in paths:
        if path.name.startswith(("state", "ims-tui.log")):
            assert path.stat().st_mode & 0o077 == 0, path
    return "\n".join(path.read_bytes().decode("latin-1") for path in paths)


COMMANDS = (
    "auth status",
    "auth status --json",
    "auth check -v",
    "auth check --json",
    "doctor --json -v",
    "config show --json",
    "config check",
    f"get {JOB} --json -v --profile password",
    f"get {JOB} --raw -v --profile keys",
    "list --refresh --json -v",
    "status",
)


@pytest.mark.slow
@pytest.mark.parametrize("accepts", [True, False], ids=["accepted", "refused"])
def test_no_secret_leaves_the_program(
    program: Program, echo: Echo, accepts: bool
) -> None:
    echo.accepts = accepts
    for profile in ("token", "file", "helper", "password", "keys", "mistaken"):
        program.run("add", JOB, "--profile", profile)
    said = ""
    for command in COMMANDS:
        done = program.run(*command.split())
        assert "fault of ims-tui" not in done.stderr, done.stderr
        said += f"{command}\n{done.stdout}{done.stderr}"
    arguments = ""
    screen = PtyScreen([*COMMAND, "-v"], columns=160, rows=48, environ=program.environ)
    with screen:
        screen.wait_for(lambda text: "5 run" in text or "SIGN-IN" in text)
        process = psutil.Process(screen.process.pid)
        arguments += str([p.cmdline() for p in (process, *process.children())])
        for key in ("P", "\x1b", "L", "\x1b", "E", "\x1b", "R", "]", "]", "]"):
            screen.send(key)
            screen.read(0.3)
        said += screen.received.decode("utf-8", "replace")
        screen.send("qq")
        screen.end()
    assert not found_in(said)
    assert not found_in(arguments)
    assert not found_in(left_behind(program))
    # Or else the test would prove nothing: each was really used.
    travelled = {"token", "file token", "helper token", "password", "access key"}
    assert travelled <= set(found_in(echo.sent))
