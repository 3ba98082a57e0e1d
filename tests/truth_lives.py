"""When instances of the demo fleet run, by the specification in `nephoscope.demo.aws.fleet`."""

from dataclasses import replace

ROLES = {1: "hot", 2: "idle", 3: "idle", 4: "idle", 5: "failing", 6: "stopped", 7: "gap"} | {
    44: "system",
    45: "restarted",
    46: "replaced",
    47: "terminated",
    48: "replacement",
}

UNSEEN = {"restarted", "replaced", "terminated", "replacement"}
"""Who sees them first after the day before the anchor is not told when they ran before it."""


def ends(role, midnight, draw):
    """Return when an instance is stopped, started again and ended; None is never."""
    stopped = {
        "stopped": midnight - 172800 + 21600 + draw(14) % 43200,
        "restarted": midnight - 86400 + 21600 + draw(14) % 14400,
    }.get(role)
    ended = midnight - 86400 + 36000 + draw(14) % 14400
    return {
        "stopped": stopped,
        "started": stopped + 7200 + draw(17) % 7200 if role == "restarted" else None,
        "ended": ended if role in {"replaced", "terminated"} else None,
    }


def replaced(fleet):
    """Return a fleet whose replacements are named and launched as such."""
    for old, new in zip(fleet, fleet[2:], strict=False):
        if new.role == "replacement":
            same = {"name": old.name, "app": old.app, "env": old.env}
            yield replace(new, launched=old.ended + 300, **same)
        else:
            yield new


def runs(one, second):
    """Tell whether an instance runs in the minute that begins at a second."""
    if second < one.launched or (one.ended and second // 60 >= one.ended // 60):
        return False
    rests = one.stopped and second // 60 >= one.stopped // 60
    return not rests or bool(one.started and second >= one.started)
