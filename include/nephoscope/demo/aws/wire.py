"""What comes in to the stand-in AWS and goes out, whichever of AWS's protocols it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

import orjson

AMZ_JSON = "application/x-amz-json-1.0"
XML = "text/xml;charset=UTF-8"

Drop = Literal["before", "middle"]
"""Where a connection is closed on purpose: before an answer, or in the middle of its body."""

_QUERY_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ThrottlingException": "Throttling",
    "ValidationException": "ValidationError",
    "InvalidParameterValueException": "InvalidParameterValue",
    "InvalidParameterCombinationException": "InvalidParameterCombination",
    "MissingRequiredParameterException": "MissingParameter",
    "InvalidNextToken": "InvalidNextToken",
    "InternalServiceFault": "InternalServiceError",
}
"""CloudWatch's error shapes with the code of the older query protocol, which SDKs show."""


@dataclass(frozen=True)
class Call:
    """A request; header names are in lower case, the target is the path with its query.

    Attributes:
        account: the id of the account that calls; empty until it was told from the access key.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    account: str = ""

    @cached_property
    def scope(self) -> tuple[str, str, str]:
        """Access key, region and service as SigV4 signed them; empty if it is not signed."""
        _, found, rest = self.headers.get("authorization", "").partition("Credential=")
        parts = rest.split(",")[0].split("/")
        return (parts[0], parts[2], parts[3]) if found and len(parts) >= 5 else ("", "", "")

    @property
    def access_key(self) -> str:
        """Who calls."""
        return self.scope[0]

    @property
    def region(self) -> str:
        """Which region is called."""
        return self.scope[1]

    @property
    def service(self) -> str:
        """Which service is called, by its signing name: CloudWatch's is monitoring."""
        return self.scope[2]

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the query protocol."""
        if "x-www-form-urlencoded" not in self.headers.get("content-type", ""):
            return {}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def operation(self) -> str:
        """What is asked: its API name, or for REST services their name and the method.

        Of S3's calls those that list have their API names.
        """
        _, _, name = self.headers.get("x-amz-target", "").rpartition(".")
        rest = f"{self.service}:{self.method}"
        return name or self.form.get("Action") or self._listing or rest

    @property
    def _listing(self) -> str:
        """The name of a call that lists buckets, one bucket's objects, or says where it is."""
        if (self.service, self.method) != ("s3", "GET"):
            return ""
        target = urlsplit(self.target)
        if target.path == "/":
            return "ListBuckets"
        if "/" in target.path.strip("/"):
            return ""
        asked = dict(parse_qsl(target.query, keep_blank_values=True))
        if "location" in asked:
            return "GetBucketLocation"
        return "ListObjectsV2" if asked.get("list-type") == "2" else ""


@dataclass(frozen=True)
class Reply:
    """An answer; its length is added when it is sent.

    Attributes:
        drop: where the connection is closed instead of sending it whole.
    """

    body: bytes
    content_type: str = AMZ_JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: Drop | None = None


class Elsewhere(Exception):
    """A service of our own leaves a call to moto: it is about what moto keeps."""


class Refusal(Exception):
    """AWS refuses a call; the code is the name of the error's shape in AWS's model."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message, status)
        self.code, self.message, self.status = code, message, status

    def reply(self, call: Call) -> Reply:
        """Write the error in the protocol of the call."""
        if "x-amz-target" in call.headers:
            return self._json()
        return Reply(self._xml(call.service).encode(), XML, self.status)

    def _json(self) -> Reply:
        body = orjson.dumps({"__type": f"com.amazonaws#{self.code}", "message": self.message})
        side = "Sender" if self.status < 500 else "Receiver"
        code = _QUERY_CODES.get(self.code)
        headers = {"x-amzn-query-error": f"{code};{side}"} if code else {}
        return Reply(body, AMZ_JSON, self.status, headers)

    def _xml(self, service: str) -> str:
        code = _QUERY_CODES.get(self.code, self.code)
        error = f"<Code>{escape(code)}</Code><Message>{escape(self.message)}</Message>"
        match service:
            case "s3":
                return f"<Error>{error}</Error>"
            case "ec2":
                return f"<Response><Errors><Error>{error}</Error></Errors></Response>"
            case _:
                return f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
