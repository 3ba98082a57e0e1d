"""Credentials that AWS no longer takes are made anew, once a call.

Those of an assumed role renew themselves before they expire; this is for all others: session
tokens that somebody rotates in the connection, a role's session that AWS ended early, a clock
that is wrong. It works on botocore's events, so paginators and botocore's retries keep working.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidToken",
    "RequestExpired",
    "UnrecognizedClientException",
}
"""How services say that a token is too old or no longer known; some say it by status 401."""

_RENEWED = "nephoscope-renewed"


class Renewal:
    """Renews the credentials of a client.

    Args:
        make: returns new credentials, as a botocore session has them.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def attach(self, client: Any) -> None:
        """Let a client take new credentials when AWS refuses those that it has."""
        client.meta.events.register("before-call", self._sign)
        client.meta.events.register_first("needs-retry", self._renew)

    def _sign(self, context: dict[str, Any], **_: Any) -> None:
        """Let the call be signed with what was made, if anything was."""
        if self._made is not None:
            context.setdefault("signing", {})["request_credentials"] = self._made

    def _renew(self, response: Any, request_dict: dict[str, Any], **_: Any) -> float | None:
        """Return the pause before the call is signed and sent again; None is no reason to."""
        context = request_dict["context"]
        if response is None or not _expired(*response) or _RENEWED in context:
            return None
        context[_RENEWED] = True
        self._made = self._make()
        self._sign(context)
        return 0.0


def _expired(answer: Any, parsed: dict[str, Any]) -> bool:
    return answer.status_code == 401 or parsed.get("Error", {}).get("Code") in _EXPIRED
