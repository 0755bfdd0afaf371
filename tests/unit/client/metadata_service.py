"""A real HTTP server on loopback that speaks the instance metadata service, version 2."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

TOKEN = "a-token-of-this-test"
DOCUMENT = {
    "accountId": "111122223333",
    "availabilityZone": "us-east-1a",
    "instanceId": "i-0123456789abcdef0",
    "instanceType": "g5.xlarge",
    "privateIp": "10.0.1.17",
    "region": "us-east-1",
}


class MetadataService:
    """answers: path below /latest/ → body; silent: accepts connections and never answers."""

    def __init__(self) -> None:
        self.answers = {
            "dynamic/instance-identity/document": json.dumps(DOCUMENT),
            "meta-data/instance-life-cycle": "spot",
        }
        self.requests: list[str] = []
        self.silence = threading.Event()
        self.silent = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "MetadataService":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.silence.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                asked = "X-aws-ec2-metadata-token-ttl-seconds" in self.headers
                self._send(TOKEN if asked and self.path == "/latest/api/token" else None)

            def do_GET(self) -> None:
                known = self.headers.get("X-aws-ec2-metadata-token") == TOKEN
                self._send(service.answers.get(self.path.removeprefix("/latest/")) if known else None)

            def _send(self, body: str | None) -> None:
                service.requests.append(f"{self.command} {self.path}")
                if service.silent:
                    service.silence.wait(10)
                    return
                content = (body or "").encode()
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """The requests list is the log."""

        return Handler
