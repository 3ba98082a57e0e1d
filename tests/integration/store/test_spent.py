"""What runs spent, added up by day by a real node."""

from datetime import UTC, date, datetime, timedelta

from nephoscope.config.budget import Budget
from nephoscope.model import Window
from nephoscope.spending import Charge, Spending
from nephoscope.store import spending
from nephoscope.store.spent import Spent, spent

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
NEXT = Window.day(DAY.end)


def spending_of(number, at, estimated, asked=None):
    run = f"runs/collect_metrics/{number}"
    return Spending(run, f"scheduled__{number}", at, estimated, asked)


def test_costs_add_up_what_the_runs_of_a_utc_day_were_to_ask_and_asked(store):
    late, early = DAY.end - timedelta(seconds=1), NEXT.start
    runs = [
        spending_of(1, late, Charge(100, 5000, 0.001, 0.0008), Charge(90, 4000, 0.0009, 0.0007)),
        spending_of(2, late, Charge(50, 2000, 0.0005, 0.0005)),
        spending_of(3, early, Charge(10, 100, 0.0001, 0.0001), Charge(10, 100, 0.0001, 0.0001)),
    ]
    for one in runs:
        spending.reserve(store, one, Budget())
        if one.asked:
            spending.settle(store, one)
    assert spent(store, Window(DAY.start, NEXT.end)) == [
        Spent(
            date(2026, 11, 20),
            runs=2,
            counted=1,
            estimated=Charge(150, 7000, 0.0015, 0.0013),
            asked=Charge(90, 4000, 0.0009, 0.0007),
        ),
        Spent(date(2026, 11, 21), 1, 1, runs[2].estimated, runs[2].asked),
    ]


def test_a_store_in_which_nothing_was_spent_has_no_costs(store):
    assert spent(store, DAY) == []
