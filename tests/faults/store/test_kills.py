"""A load that is killed at a random instant and run again: nothing lost, double or wrong."""

from collections import Counter

from faults.store.loading import load_planted, load_with_ids_of_chance
from faults.store.planted import Read, newest

INSTANCES, MINUTES, SIZE = 10, 80, 20
DOCUMENTS = INSTANCES * MINUTES
LOADS = {
    "first": Read(INSTANCES, MINUTES, version=1),
    "merge": Read(INSTANCES, MINUTES, version=2),
    "rerun": Read(INSTANCES, MINUTES, version=2),
    "repair": Read(INSTANCES, MINUTES, version=3, metrics=("net", "disk")),
}


def test_a_killed_load_that_is_run_again_ends_in_the_truth(
    elasticsearch_url, namespaces, stored, draw, kill, finish, figure
):
    """Each load is killed again and again; what stands then is of before or of after."""
    struck, partly, loads = Counter(), Counter(), 0
    while loads < figure(4, 20):
        usual = finish(load_planted, elasticsearch_url, namespaces(), SIZE, LOADS["first"])
        namespace, done = namespaces(), []
        for kind, read in LOADS.items():
            load = load_planted, elasticsearch_url, namespace, SIZE, read
            before, after = newest(done), newest([*done, read])
            kills = figure(5, 10)
            for latest in range(1, kills + 1):  # later and later, for much is done already
                while not kill(draw.random() * usual * latest / kills, *load):
                    usual *= 0.8  # it had ended before
                struck[kind] += 1
                now = stored(namespace)
                assert now.items() <= before.items() | after.items()
                assert now.keys() >= before.keys()
                partly[kind] += before != now != after
            usual = finish(*load)
            assert stored(namespace) == after
            done.append(read)
            loads += 1
    print(f"kills {dict(struck)} in {loads} loads; a part was done in {dict(partly)}")  # ruff: ignore[print]
    assert sum(partly.values()) > sum(struck.values()) / 10


def test_ids_of_chance_are_doubled(
    elasticsearch_url, elasticsearch, namespace, draw, kill, finish, figure
):
    """The negative arm: the same kills make doubles where ids are not of the content."""
    index = f"{namespace}-doubled"
    elasticsearch.indices.create(index=index)
    load = load_with_ids_of_chance, elasticsearch_url, index, SIZE, LOADS["first"]
    usual = finish(*load)
    for _ in range(figure(3, 12)):
        kill(draw.uniform(0.3, 0.9) * usual, *load)
    finish(*load)
    elasticsearch.indices.refresh(index=index)
    doubles = elasticsearch.count(index=index)["count"] - 2 * DOCUMENTS
    print(f"{doubles} doubles")  # ruff: ignore[print]
    assert doubles > figure(100, 1000)
