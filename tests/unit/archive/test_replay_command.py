"""`nephoscope replay` refuses days in the wrong order, and says what it loaded."""

import pytest
from click.testing import CliRunner

from nephoscope.chain.rejected import Restored
from nephoscope.chain.replay import Replayed
from nephoscope.cli import main
from nephoscope.cli.replay import account, sentence
from shards import DAY

DAYS = [
    Replayed(
        "2026-11-19", points=2000, documents=300, created=250, merged=30, unchanged=20, covered=0
    ),
    Replayed(
        "2026-11-20", points=500, documents=100, created=0, merged=0, unchanged=100, covered=0
    ),
]

STORED = Restored("a.try1", 1500, created=1400, merged=60, unchanged=40, rejected=0, reasons="")
AGAIN = Restored("b.try1", 10, created=7, merged=0, unchanged=0, rejected=3, reasons="3 x i: why")


def test_the_sentence_adds_up_the_days():
    assert sentence(DAYS) == (
        "2 days (2026-11-19 to 2026-11-20): 2,500 points in 400 documents, of which 250 were "
        "created, 30 merged and 120 stored already"
    )


def test_one_day_is_no_plural():
    assert sentence(DAYS[:1]).startswith("1 day (2026-11-19 to 2026-11-19): 2,000 points")


def test_all_that_was_rejected_and_is_stored_is_one_line():
    assert account([STORED], None) == (
        "1,500 documents in 1 file: 1,400 were created, 60 merged, 40 stored already and "
        "0 rejected again"
    )


def test_what_is_rejected_again_is_told_with_its_reasons():
    [summed, reasons] = account([STORED, AGAIN], None).splitlines()
    assert summed.startswith("1,510 documents in 2 files: 1,407 were created")
    assert reasons == "b.try1: 3 x i: why"


def test_where_nothing_was_rejected_it_says_so():
    assert account([], None) == "no rejected documents are kept"
    assert account([], DAY) == f"no rejected documents are kept of {DAY}"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "by --from and --to, or --rejected"),
        (["--from", "2026-11-02"], "give both --from and --to"),
        (["--rejected", "--to", "2026-11-02"], "give both --from and --to"),
    ],
)
def test_days_must_be_whole_or_rejected_documents_meant(options, says):
    done = CliRunner().invoke(main, ["replay", *options])
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


def test_days_in_the_wrong_order_are_refused():
    done = CliRunner().invoke(main, ["replay", "--from", "2026-11-02", "--to", "2026-11-01"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "nephoscope: --from 2026-11-02 is after --to 2026-11-01\n"
