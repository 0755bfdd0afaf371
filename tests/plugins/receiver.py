"""A real HTTP server on loopback that keeps what is posted to it, and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Message:
    path: str
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed


class Receiver:
    """messages: what came, in order. answers: statuses to give next, 200 when empty. location: of redirects."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[Message] = []
        self.answers: list[int] = []
        self.location = ""
        self.came = threading.Condition()

    def take(self, message: Message) -> int:
        with self.came:
            self.messages.append(message)
            self.came.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, count: int, timeout_seconds: float = 60) -> list[Message]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.messages) >= count, timeout_seconds), self.messages
            return list(self.messages)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = receiver.take(Message(self.path, dict(self.headers), text))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.location)
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the console."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
