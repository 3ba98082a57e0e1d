"""Calls the stand-in AWS without a socket, as an SDK writes its calls."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from urllib.parse import urlencode

from nephoscope.demo.aws.accounts import Accounts
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.router import Router
from nephoscope.demo.aws.wire import Call

ANCHOR = datetime(2026, 11, 22, tzinfo=UTC).date()
FIRST, SECOND, THIRD = "123456789012", "210987654321", "321098765432"
TARGETS = {
    "monitoring": "GraniteServiceVersion20100801",
    "tagging": "ResourceGroupsTaggingAPI_20170126",
}


class Caller:
    """Speaks to three accounts of so many instances each.

    The clock stands at noon of the anchor, and a test may set it.
    """

    def __init__(self, count=10, **how) -> None:
        accounts = enumerate((FIRST, SECOND, THIRD))
        fleets = [Fleet(7 + n, count, ANCHOR, account=account) for n, account in accounts]
        self.accounts = Accounts(fleets, **how)
        self.router = Router(self.accounts)
        self.accounts.clock.put(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())

    def __call__(self, service, operation, key="AK", token=None, region="eu-west-1", **request):
        """Return the reply to a call signed with a key."""
        scope = f"{key}/20261122/{region}/{service}/aws4_request"
        headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"}
        headers |= {} if token is None else {"x-amz-security-token": token}
        if service in TARGETS:
            headers["x-amz-target"] = f"{TARGETS[service]}.{operation}"
            return self.router.answer(Call("POST", "/", headers, json.dumps(request).encode()))
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode({"Action": operation} | request)
        return self.router.answer(Call("POST", "/", headers, body.encode()))

    def xml(self, *call, **how) -> dict[str, str]:
        """Return the texts of the elements of a reply in XML."""
        found = ET.fromstring(self(*call, **how).body)
        return {one.tag.rpartition("}")[2]: one.text for one in found.iter()}

    def role(self, account, name="reader", **request) -> tuple[str, str]:
        """Assume a role; returns the access key and the token."""
        arn = f"arn:aws:iam::{account}:role/{name}"
        found = self.xml("sts", "AssumeRole", RoleArn=arn, RoleSessionName="test", **request)
        return found["AccessKeyId"], found["SessionToken"]

    def about(self, asked, body=None):
        """Ask the stand-in about itself: about("GET counters"); returns status and JSON."""
        method, path = asked.split()
        data = b"" if body is None else json.dumps(body).encode()
        reply = self.router.answer(Call(method, f"/_standin/{path}", {}, data))
        return reply.status, json.loads(reply.body)
