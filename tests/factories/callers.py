"""Members' use of /api/v1 in tests."""

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client


class Caller:
    """One member's token at work. Each call says which status it expects."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.client, self.headers = Client(), dict(headers)

    def __call__(self, method: str, path: str, status: int, **body: Any) -> Any:  # bodies and answers are JSON
        data = json.dumps(body) if body else ""
        answer = self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=self.headers)
        assert answer.status_code == status, answer.text
        return json.loads(answer.text) if answer.text else None
