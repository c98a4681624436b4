"""A chat service on loopback that keeps what it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self


class ChatServer:
    """Takes posts while the block lasts."""

    def __init__(self) -> None:
        self.status = 200
        self.reply: Mapping[str, Any] = {"errcode": 0, "code": 0}
        self.path = ""
        self.headers: Mapping[str, str] = {}
        self.body = b""
        self.bodies: list[bytes] = []
        """All of them, in order."""
        self.on_post: Callable[[], None] = lambda: None
        """Called when a message is there and not answered yet."""
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                chat.path, chat.headers = self.path, dict(self.headers)
                chat.body = self.rfile.read(int(self.headers["Content-Length"]))
                chat.bodies.append(chat.body)
                chat.on_post()
                content = json.dumps(chat.reply).encode()
                with suppress(ConnectionError):  # whoever asked was killed
                    self.send_response(chat.status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """Where to post; it ends in what is a secret of such addresses."""
        return f"http://127.0.0.1:{self.server.server_port}/hook?access_token=geheim"

    @property
    def document(self) -> Any:
        """The last body."""
        return json.loads(self.body)

    def __enter__(self) -> Self:
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.server.shutdown()
        self.server.server_close()
