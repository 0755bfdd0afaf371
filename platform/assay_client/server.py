"""The one way to the server: /api/v1 with a Bearer token."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from requests.auth import AuthBase

from assay_client import __version__
from assay_client.addresses import is_loopback
from assay_client.credentials import Credentials
from assay_client.failures import ClientFailed, ServerRefused

JsonObject = dict[str, Any]
Params = dict[str, str]

CONNECT_SECONDS = 5
READ_SECONDS = 60
UPLOAD_READ_SECONDS = 600
PAUSES_SECONDS = (0.3, 1.0)
LONGEST_PAUSE_SECONDS = 10.0
PASSING = frozenset({429, 502, 503, 504})
PAGE_SIZE = 200
BLOCK_BYTES = 1 << 18


class BearerToken(AuthBase):
    """As an auth object the token wins over a .netrc of the user's."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Server:
    """An Assay server as one token sees it.

    pauses: seconds before each repetition of a GET that met a passing failure; nothing else is ever repeated.
    """

    def __init__(self, credentials: Credentials, *, pauses: Sequence[float] = PAUSES_SECONDS) -> None:
        self.url = credentials.url
        self._pauses = tuple(pauses)
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(credentials.url)  # a proxy is not asked for this machine
        self._session.auth = BearerToken(credentials.token)
        self._session.headers.update({"User-Agent": f"assay-client/{__version__}", "Accept": "application/json"})

    def get(self, *path: str, params: Params | None = None) -> JsonObject:
        for pause in self._pauses:
            try:
                response = self._send("GET", path, params=params)
            except ServerUnreachable:
                time.sleep(pause)
                continue
            if response.status_code not in PASSING:
                return self._parse(response)
            time.sleep(_pause_asked(response, otherwise=pause))
        return self._parse(self._send("GET", path, params=params))

    def list_items(self, *path: str, params: Params | None = None, limit: int | None = None) -> list[JsonObject]:
        """All items of a list, page by page, or the first `limit` of them."""
        items: list[JsonObject] = []
        for page in self._pages(path, params or {}, limit):
            items += page
            if limit is not None and len(items) >= limit:
                return items[:limit]
        return items

    def post(self, *path: str, body: JsonObject | None = None, params: Params | None = None) -> JsonObject:
        return self._parse(self._send("POST", path, params=params, json=body))

    def log_batch(self, run_id: str, *, metrics: Sequence[JsonObject] = (), tags: Mapping[str, str] | None = None) -> None:
        """By MLflow's own protocol, which has what /api/v1 leaves to it."""
        pairs = [{"key": key, "value": value} for key, value in (tags or {}).items()]
        body = {"run_id": run_id, "metrics": list(metrics), "tags": pairs}
        self._parse(self._send("POST", ("runs", "log-batch"), json=body, root="api/2.0/mlflow"))

    def put(self, *path: str, body: JsonObject) -> JsonObject:
        return self._parse(self._send("PUT", path, json=body))

    def patch(self, *path: str, body: JsonObject) -> JsonObject:
        return self._parse(self._send("PATCH", path, json=body))

    def delete(self, *path: str) -> JsonObject:
        return self._parse(self._send("DELETE", path))

    def download(self, *path: str, params: Params) -> bytes:
        """A file, whole."""
        response = self._send("GET", path, params=params, read_seconds=UPLOAD_READ_SECONDS)
        if not response.ok or response.is_redirect:
            self._parse(response)
        return response.content

    def save(self, *path: str, params: Params, target: Path) -> int:
        """A file of any size, at its place only when it is whole. returns: its bytes."""
        response = self._send("GET", path, params=params, read_seconds=UPLOAD_READ_SECONDS, stream=True)
        if not response.ok or response.is_redirect:
            self._parse(response)
        part = target.with_name(f"{target.name}.part")
        try:
            with part.open("wb") as file:
                for block in response.iter_content(BLOCK_BYTES):
                    file.write(block)
            size_bytes = part.stat().st_size
            part.replace(target)
        except requests.RequestException as error:
            raise ServerUnreachable(f"{self.url} broke off while it sent {target.name}; try again.") from error
        finally:
            part.unlink(missing_ok=True)
            response.close()
        return size_bytes

    def upload(
        self, *path: str, body: Iterable[bytes], params: Params, content_type: str = "application/octet-stream"
    ) -> JsonObject:
        """Streams a body that knows its length; it is never whole in memory."""
        kind = {"Content-Type": content_type}
        return self._parse(self._send("POST", path, params=params, data=body, headers=kind, read_seconds=UPLOAD_READ_SECONDS))

    def _pages(self, path: Sequence[str], params: Params, limit: int | None) -> Iterator[list[JsonObject]]:
        asked = params | ({"limit": str(min(limit, PAGE_SIZE))} if limit is not None else {})
        while True:
            page = self.get(*path, params=asked)
            yield page["items"]
            if not page.get("next_cursor"):
                return
            asked = asked | {"cursor": str(page["next_cursor"])}

    def _send(
        self,
        method: str,
        path: Sequence[str],
        *,
        params: Params | None = None,
        json: JsonObject | None = None,
        data: Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        read_seconds: int = READ_SECONDS,
        stream: bool = False,
        root: str = "api/v1",
    ) -> requests.Response:
        url = "/".join([self.url, root, *(quote(part, safe="") for part in path)])
        try:
            return self._session.request(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers=headers,
                stream=stream,
                timeout=(CONNECT_SECONDS, read_seconds),
                allow_redirects=False,  # a redirected POST would silently become a GET
            )
        except requests.Timeout as error:
            raise ServerUnreachable(f"{self.url} did not answer in time; try again, or look at the server's logs.") from error
        except requests.exceptions.SSLError as error:
            raise ServerUnreachable(
                f"The certificate of {self.url} is not trusted; name its authority in REQUESTS_CA_BUNDLE."
            ) from error
        except requests.RequestException as error:
            raise ServerUnreachable(f"{self.url} cannot be reached; is the server running and the address right?") from error

    def _parse(self, response: requests.Response) -> JsonObject:
        if response.is_redirect:
            raise ClientFailed(f"{self.url} sends elsewhere, to {response.headers['Location']}; log in with that address.")
        body = _json_object(response)
        if response.ok and body is not None:
            return body
        if response.ok and not response.content:
            return {}
        error = (body or {}).get("error")
        if isinstance(error, dict) and error.get("message"):
            hint = " Run `assay login`." if response.status_code == requests.codes.unauthorized else ""
            raise ServerRefused(f"{error['message']}{hint}", status=response.status_code, code=str(error.get("code", "")))
        raise ServerRefused(
            f"{self.url} answered {response.status_code} {response.reason} in words that are not Assay's; is this the address of an Assay server?",
            status=response.status_code,
        )


class ServerUnreachable(ClientFailed):
    """No answer came."""


def _json_object(response: requests.Response) -> JsonObject | None:
    try:
        body = response.json()
    except requests.exceptions.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _pause_asked(response: requests.Response, *, otherwise: float) -> float:
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdigit() else otherwise
