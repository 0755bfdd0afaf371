"""A real HTTP server on loopback that keeps the contract of /api/v1, with answers that a test sets."""

import json
import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "assay_token-of-this-test"
ME = {
    "user": {"id": "0", "email": "ada@example.com", "name": "Ada"},
    "organization": {"id": "1", "slug": "demo", "name": "Demo", "currency": "USD", "timezone": "UTC"},
    "role": "owner",
    "permissions": ["costs.read", "tracking.read"],
    "version": "0.1.0",
}


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    params: dict[str, str]
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: object
    headers: tuple[tuple[str, str], ...] = ()


class AssayServer:
    """`answer` queues answers to a route; the last one stays. asked: what came, in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.answer("GET", "me", ME)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(
        self, method: str, path: str, *bodies: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self._answers[method, path] += [Answer(status, body, headers) for body in bodies]

    def replace(self, method: str, path: str, body: object) -> None:
        self._answers[method, path] = [Answer(200, body)]

    def refuse(self, method: str, path: str, status: int, code: str, message: str) -> None:
        self._answers[method, path] = [Answer(status, {"error": {"code": code, "message": message, "details": {}}})]

    def bodies(self, path: str) -> list[Any]:
        return [asked.json() for asked in self.asked if asked.method in {"POST", "PATCH"} and asked.path == path and asked.body]

    def __enter__(self) -> "AssayServer":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _reply_to(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"error": {"code": "unauthenticated", "message": "This token is not known.", "details": {}}})
        answers = self._answers[asked.method, asked.path]
        if not answers:
            return Answer(404, {"error": {"code": "not_found", "message": f"There is no {asked.path}.", "details": {}}})
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._reply()

            def do_POST(self) -> None:
                self._reply()

            def do_PUT(self) -> None:
                self._reply()

            def do_PATCH(self) -> None:
                self._reply()

            def do_DELETE(self) -> None:
                self._reply()

            def _reply(self) -> None:
                parts = urlsplit(self.path)
                asked = Asked(
                    self.command,
                    parts.path.removeprefix("/api/v1/"),
                    dict(parse_qsl(parts.query)),
                    self.rfile.read(int(self.headers.get("Content-Length", 0))),
                    {name.lower(): value for name, value in self.headers.items()},
                )
                server.asked.append(asked)
                self._send(server._reply_to(asked))

            def _send(self, answer: Answer) -> None:
                content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in (*answer.headers, ("Content-Length", str(len(content)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """What was asked is the log."""

        return Handler
