"""The process that is the stand-in AWS: its options, and how it serves until it is told to end."""

from __future__ import annotations

import argparse
import signal
import threading
from datetime import UTC, date, datetime
from pathlib import Path

from nephoscope.demo import process
from nephoscope.demo.aws import stand_in
from nephoscope.demo.aws.accounts import Accounts
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import ACCOUNT
from nephoscope.demo.aws.quotas import Quotas
from nephoscope.demo.aws.router import Router
from nephoscope.demo.aws.server import Server
from nephoscope.demo.aws.timing import Timing


def main() -> int:
    """Serve until it is told to end."""
    parser = _parser()
    options = parser.parse_args()
    try:
        accounts = _accounts(options)
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    process.die_with_parent()
    with Server(options.port, Router(accounts).answer, options.host) as server:
        threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
        if options.ready_file is None:
            print(server.url)
        else:
            process.announce(options.ready_file, server.url)
        stop.wait()
        server.shutdown()
    return 0


def _accounts(options: argparse.Namespace) -> Accounts:
    size, anchor, first = options.instances, options.anchor, options.seed
    fleets = [Fleet(first, size, anchor, dict(options.name), objects=options.objects)]
    for seed, account in enumerate(options.account, first + 1):
        fleets.append(Fleet(seed, size, anchor, account=account))
    timing = Timing(options.publish_lag, options.late)
    external_ids = dict(options.external_id)
    quotas = Quotas.parse(options.quota)
    return Accounts(fleets, options.linked, timing, quotas, external_ids)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nephoscope.demo.aws",
        description=stand_in.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address that it listens on; in a container 0.0.0.0")
    add("--port", type=int, default=0, help="0 takes a free one")
    add("--instances", type=int, default=stand_in.INSTANCES, help="size of each fleet")
    add("--seed", type=int, default=stand_in.SEED, help="what the fleets follow from")
    add("--anchor", type=date.fromisoformat, default=datetime.now(UTC).date(), help="UTC day")
    add("--publish-lag", type=int, default=0, help="seconds until a point appears")
    add("--late", action="store_true", help="points and listings come as late as CloudWatch's")
    add("--name", type=_name, action="append", default=[], help="NUMBER=NAME, another Name tag")
    add("--objects", type=int, default=0, help="of the first bucket, when it was made")
    add("--account", action="append", default=[], help=f"one more account than {ACCOUNT}")
    add("--linked", action="append", default=[], help=f"account that {ACCOUNT} sees metrics of")
    add("--external-id", type=_pair, action="append", default=[], help="ACCOUNT=VALUE, demanded")
    add("--quota", default="", help="calls=50,points=180000, a second; see quotas.Quotas")
    add("--ready-file", type=Path, help="where to write the URL; else it is printed")
    return parser


def _pair(text: str) -> tuple[str, str]:
    first, _, second = text.partition("=")
    return first, second


def _name(text: str) -> tuple[int, str]:
    number, name = _pair(text)
    return int(number), name
