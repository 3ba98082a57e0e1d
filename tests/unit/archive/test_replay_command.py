"""`nephoscope replay` refuses days in the wrong order, and says what it loaded."""

from click.testing import CliRunner

from nephoscope.chain.replay import Replayed
from nephoscope.cli import main
from nephoscope.cli.replay import sentence

DAYS = [
    Replayed(
        "2026-11-19", points=2000, documents=300, created=250, merged=30, unchanged=20, covered=0
    ),
    Replayed(
        "2026-11-20", points=500, documents=100, created=0, merged=0, unchanged=100, covered=0
    ),
]


def test_the_sentence_adds_up_the_days():
    assert sentence(DAYS) == (
        "2 days (2026-11-19 to 2026-11-20): 2,500 points in 400 documents, of which 250 were "
        "created, 30 merged and 120 stored already"
    )


def test_one_day_is_no_plural():
    assert sentence(DAYS[:1]).startswith("1 day (2026-11-19 to 2026-11-19): 2,000 points")


def test_days_in_the_wrong_order_are_refused():
    done = CliRunner().invoke(main, ["replay", "--from", "2026-11-02", "--to", "2026-11-01"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "nephoscope: --from 2026-11-02 is after --to 2026-11-01\n"
