"""A service on loopback whose jobs the test sets, and which keeps a record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

TOKEN = "a-token"


def job_id(number: int) -> str:
    """A well-formed id."""
    return f"{number:032x}"


def running(percent: float = 0.24, **entities: Any) -> dict[str, Any]:
    """A job that goes on."""
    entities |= {"process_percent": percent, "current_task": "ImportImageTask:Convert"}
    return _job("RUNNING", None, entities)


def succeeded() -> dict[str, Any]:
    """A job that ended well."""
    done = {"process_percent": 1, "image_id": "4c8e5d1a-0000-4000-8000-000000000000"}
    return _job("SUCCESS", "2026-11-23T12:09:02.102Z", done)


def failed(code: str = "IMG.0057") -> dict[str, Any]:
    """A job that did not."""
    why = {"error_code": code, "fail_reason": "image file format is not supported"}
    return _job("FAIL", "2026-11-23T12:09:02.102Z", {"process_percent": 0.38}) | why


def _job(status: str, end: str | None, entities: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": status,
        "job_type": "imsImportImageJob",
        "begin_time": "2026-11-23T12:00:00.586Z",
        "end_time": end,
        "entities": dict(entities),
    }


class Service:
    """Serves the documented call while the block lasts."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.calls: tuple[str, ...] = ("/v1/cloudimages/job/", "/v1/")
        """How the paths begin that are published."""
        self.refuses = False
        """Whether every token is refused."""
        self.instead: tuple[int, object] | None = None
        """Status and body that every request gets; a text as it is, else as JSON."""
        self.paths: list[str] = []
        """Paths in the order of requests."""
        self.asked: list[str] = []
        """Ids in the order of requests."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                wanted = self.path.rpartition("/")[2]
                service.asked.append(wanted)
                service.paths.append(self.path)
                token = self.headers.get("X-Auth-Token")
                status: int
                body: object
                status, body = service.instead or service.answer(wanted, token or "")
                if not service.publishes(self.path):
                    error = {"error_code": "APIGW.0101", "error_msg": "no such API"}
                    status, body = 404, error
                text = body if isinstance(body, str) else json.dumps(body)
                content = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def answer(self, wanted: str, token: str) -> tuple[int, dict[str, Any]]:
        """Status and body of one reply."""
        if token != TOKEN or self.refuses:
            return 401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM"}
        job = self.jobs.get(wanted)
        if job is None:
            error = {"code": "IMG.0023", "message": "The job cannot be queried."}
            return 400, {"error": error}
        return 200, {"job_id": wanted, **job}

    def publishes(self, path: str) -> bool:
        """Whether a call is published; the longest beginning that fits decides."""
        is_documented = path.startswith("/v1/cloudimages/job/")
        call = "/v1/cloudimages/job/" if is_documented else "/v1/"
        return call in self.calls

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        # The default looks for an end every half second, which every test would wait.
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
