"""Loads, kills, reruns, repairs and late reads in any order, beside a model of what must stand."""

from collections import Counter
from datetime import timedelta

from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from faults.store.clients import Killed, dying
from faults.store.planted import OFFSETS, time, value
from nephoscope.store import names
from nephoscope.store.load.loader import load
from unit.store.points_table import ASKED, NOON, point, table

SIZE = 3
METRICS = st.sets(st.sampled_from(sorted(OFFSETS)), min_size=1).map(sorted)
READS = st.fixed_dictionaries(
    {
        "asked": st.integers(0, 5),  # hours; two reads of one hour may differ
        "revision": st.integers(0, 2),  # of the values; an older read may have the same
        "metrics": METRICS,
        "instances": st.integers(1, 3),
        "minutes": st.sets(st.integers(0, 5), min_size=1).map(sorted),
    }
)
ENDED = Counter()


def documents(read):
    """What a read says of each document: of its metrics when they were read, and their values."""
    return {
        (f"i-{instance}", minute): {
            metric: (read["asked"], value(instance, minute, metric, read["revision"]))
            for metric in read["metrics"]
        }
        for instance in range(read["instances"])
        for minute in read["minutes"]
    }


def after(model, read):
    """The model of a merge: the newest read of each value, where that changes any value."""
    model = dict(model)
    for document, fetched in documents(read).items():
        before = model.get(document, {})
        newest = before | {
            metric: max(one, before.get(metric, one)) for metric, one in fetched.items()
        }
        if values(newest) != values(before):
            model[document] = newest
    return model


def values(document):
    return {metric: value for metric, (_, value) in document.items()}


def points(namespace, read):
    return table(
        *(
            point(
                metric,
                value=value_,
                timestamp=NOON + timedelta(minutes=minute),
                dimensions=[("InstanceId", instance)],
                namespace=namespace,
                asked_at=ASKED + timedelta(hours=hour),
            )
            for (instance, minute), fetched in documents(read).items()
            for metric, (hour, value_) in fetched.items()
        )
    )


class Store(RuleBasedStateMachine):
    """A namespace of the real node, and what it must hold."""

    def __init__(self, client, namespace):
        super().__init__()
        self.client, self.namespace = client, namespace
        self.model, self.killed = {}, None

    @rule(read=READS)
    def load(self, read):
        load(self.client, [points(self.namespace, read)], attributes={})
        self.model = after(self.model, read)
        assert self.stored() == self.model
        ENDED["loads"] += 1

    @rule(read=READS, requests=st.integers(1, 12), sent=st.booleans())
    def kill(self, read, requests, sent):
        """Each document is as before or as after the load, whole."""
        url = next(iter(self.client.transport.node_pool.all())).base_url
        with Elasticsearch(url) as client:
            try:
                load(
                    dying(client, requests, sent=sent),
                    [points(self.namespace, read)],
                    attributes={},
                )
            except Killed:
                ENDED["kills"] += 1
        stands, whole = self.stored(), after(self.model, read)
        for document in self.model.keys() | whole.keys() | stands.keys():
            either = self.model.get(document), whole.get(document)
            assert stands.get(document) in either
        ENDED["kills with a part done"] += self.model != stands != whole
        self.model, self.killed = stands, read

    @precondition(lambda self: self.killed)
    @rule()
    def rerun(self):
        self.load(self.killed)

    def stored(self):
        """Read as the model has it; one document twice is an error."""
        index, field = names.indices_of(self.namespace), names.field_of(self.namespace)
        self.client.indices.refresh(index=index)
        hits = self.client.search(index=index, size=1000)["hits"]["hits"]
        found = {}
        for hit in hits:
            source = hit["_source"]
            document = source["aws"]["dimensions"]["InstanceId"], MINUTES[source["@timestamp"]]
            earlier = source.get("nephoscope", {}).get("fetched", {})
            newest = source["event"]["ingested"]
            found[document] = {
                metric: (HOURS[earlier.get(f"{metric}.avg", newest)], statistics["avg"])
                for metric, statistics in source["aws"][field]["metrics"].items()
            }
        assert len(found) == len(hits)
        return found


MINUTES = {time(minute): minute for minute in range(6)}
HOURS = {f"2026-11-23T{ASKED.hour + hour:02}:00:00.000Z": hour for hour in range(6)}


def test_what_stands_is_what_the_model_says(elasticsearch, namespaces, figure, in_steps):
    in_steps(SIZE)
    ENDED.clear()
    run_state_machine_as_test(
        lambda: Store(elasticsearch, namespaces()),
        settings=settings(
            max_examples=figure(15, 150),
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
    print(dict(ENDED))  # ruff: ignore[print]
    assert ENDED["kills with a part done"]
