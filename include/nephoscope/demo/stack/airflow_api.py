"""Airflow's REST API, as the demo and its tests ask it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from nephoscope.errors import NephoscopeError

_PATIENCE = 60  # seconds; on a busy machine SQLite's lock alone takes some
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds


class AirflowRefused(NephoscopeError):
    """Airflow's API answered with an error.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status)
        self.status = status

    def __str__(self) -> str:
        return str(self.args[0])


class AirflowApi:
    """Calls of the API, as one user.

    Args:
        url: of Airflow's UI.
        user: a name of the simple auth manager.
        password: the user's.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url = url
        self._login = {"username": user, "password": password}
        self._token = ""
        self._opener = build_opener(ProxyHandler({}))

    def __call__(
        self, method: str, path: str, content: Any = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Ask ``/api/v2/<path>`` and return its JSON.

        On SQLite a call may end with status 500 ("database is locked"), and is made again.

        Raises:
            AirflowRefused: the answer is an error.
            OSError: there is no answer.
        """
        if not self._token:
            self._token = self._ask("POST", "auth/token", self._login)["access_token"]
        asked = f"?{urlencode(query, doseq=True)}" if query else ""
        return self._ask(method, f"api/v2/{path}{asked}", content)

    def _ask(self, method: str, path: str, content: Any) -> Any:
        for pause in _PAUSES:
            try:
                return self._send(method, path, content)
            except AirflowRefused as error:
                if error.status < 500:
                    raise
                time.sleep(pause)
        return self._send(method, path, content)

    def _send(self, method: str, path: str, content: Any) -> Any:
        body = None if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(f"{self._url}/{path}", body, headers, method=method)  # ruff: ignore[suspicious-url-open-usage]
        try:
            with self._opener.open(request, timeout=_PATIENCE) as answer:
                text = answer.read()
        except HTTPError as error:
            said = error.read().decode(errors="replace")
            raise AirflowRefused(
                f"{method} {path}: {error.code} {error.reason}: {said}", error.code
            ) from error
        return json.loads(text) if text else None
