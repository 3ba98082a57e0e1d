"""STS of our own: GetCallerIdentity and AssumeRole, so that credentials are of the right account.

Every account has every role, and whoever calls may assume it, but for the ExternalId that an
account may demand of all. A session may last for 12 hours, as of roles that are set up so.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from nephoscope.demo.aws.keys import Identity, Keys, Session
from nephoscope.demo.aws.wire import XML, Call, Refusal, Reply

DURATION = 3600
SHORTEST, LONGEST = 900, 43200

_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]{1,64})", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class Sts:
    """Answers the calls that it knows, in STS's query protocol.

    Args:
        keys: where temporary credentials are kept.
        accounts: the ids of the accounts whose roles can be assumed.
        external_ids: the ExternalId that an account's roles demand, by its id.
    """

    def __init__(
        self, keys: Keys, accounts: Collection[str], external_ids: Mapping[str, str]
    ) -> None:
        self._keys = keys
        self._accounts = accounts
        self._external_ids = external_ids
        self._operations = {
            "GetCallerIdentity": self._get_caller_identity,
            "AssumeRole": self._assume_role,
        }

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation in self._operations

    def answer(self, call: Call) -> Reply:
        """Answer a call, or raise `Refusal`."""
        name = call.operation
        inner = self._operations[name](call)
        space = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
        metadata = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        result = f"<{name}Result>{inner}</{name}Result>{metadata}"
        return Reply(f"<{name}Response {space}>{result}</{name}Response>".encode(), XML)

    def _get_caller_identity(self, call: Call) -> str:
        caller = self._keys.identity(call.access_key)
        return (
            f"<Arn>{escape(caller.arn)}</Arn><UserId>{escape(caller.user_id)}</UserId>"
            f"<Account>{caller.account}</Account>"
        )

    def _assume_role(self, call: Call) -> str:
        arn = _valid(call.form, "RoleArn", _ROLE)
        name = _valid(call.form, "RoleSessionName", _SESSION_NAME)[0]
        duration = _duration(call.form.get("DurationSeconds", str(DURATION)))
        account, role = arn[1], arn[2]
        demanded = self._external_ids.get(account)
        if account not in self._accounts or demanded not in {None, call.form.get("ExternalId")}:
            raise _denied(self._keys.identity(call.access_key), arn[0])
        return _written(self._keys.issue(account, role, name, duration))


def _valid(form: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> re.Match[str]:
    """Return what a request says, or refuse it with the constraint that it fails."""
    value = form.get(name)
    if value is None:
        raise _invalid(name, "null", "Member must not be null")
    found = pattern.fullmatch(value)
    if found is None:
        constraint = "Member must satisfy regular expression pattern: " + pattern.pattern
        raise _invalid(name, f"'{value}'", constraint)
    return found


def _duration(text: str) -> int:
    if not text.isdecimal() or int(text) < SHORTEST:
        constraint = f"Member must have value greater than or equal to {SHORTEST}"
        raise _invalid("DurationSeconds", f"'{text}'", constraint)
    if int(text) > LONGEST:
        constraint = f"Member must have value less than or equal to {LONGEST}"
        raise _invalid("DurationSeconds", f"'{text}'", constraint)
    return int(text)


def _invalid(name: str, value: str, constraint: str) -> Refusal:
    where = f"at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: {constraint}"
    return Refusal("ValidationError", f"1 validation error detected: Value {value} {where}")


def _denied(caller: Identity, role: str) -> Refusal:
    message = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role}"
    return Refusal("AccessDenied", message, 403)


def _written(session: Session) -> str:
    who = session.identity
    expires = datetime.fromtimestamp(session.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"<AssumedRoleUser><AssumedRoleId>{who.user_id}</AssumedRoleId>"
        f"<Arn>{who.arn}</Arn></AssumedRoleUser>"
        f"<Credentials><AccessKeyId>{session.access_key}</AccessKeyId>"
        f"<SecretAccessKey>{session.secret}</SecretAccessKey>"
        f"<SessionToken>{session.token}</SessionToken>"
        f"<Expiration>{expires}</Expiration></Credentials>"
    )
