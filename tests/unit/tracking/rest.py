"""Speaks the MLflow protocol to the views as a client library would, and returns bodies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

API = "/api/2.0/mlflow/"


class Refusal(Exception):
    def __init__(self, status: int, error_code: str, message: str) -> None:
        super().__init__(f"{status} {error_code}: {message}")
        self.status, self.error_code, self.message = status, error_code, message


@dataclass(frozen=True)
class Rest:
    """headers: the credentials of whoever asks."""

    client: Client
    headers: Mapping[str, str]

    def get(self, path: str, /, **query: Any) -> dict[str, Any]:
        return self._read(self.client.get(self._url(path), query, headers=self.headers))

    def post(self, path: str, /, **body: object) -> dict[str, Any]:
        return self.send("POST", path, body)

    def patch(self, path: str, /, **body: object) -> dict[str, Any]:
        return self.send("PATCH", path, body)

    def delete(self, path: str, /, **body: object) -> dict[str, Any]:
        return self.send("DELETE", path, body)

    def send(self, method: str, path: str, body: object, **headers: str) -> dict[str, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self.client.generic(
            method, self._url(path), content, content_type="application/json", headers={**self.headers, **headers}
        )
        return self._read(response)

    def start_run(self, **body: object) -> str:
        run_id: str = self.post("runs/create", **body)["run"]["info"]["run_id"]
        return run_id

    def _url(self, path: str) -> str:
        return path if path.startswith("/") else API + path

    def _read(self, response: Any) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(response.content)
        if response.status_code == 200:
            return body
        assert set(body) == {"error_code", "message"}
        raise Refusal(response.status_code, body["error_code"], body["message"])
