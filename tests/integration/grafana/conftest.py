"""Dashboards that are looked at where a day is stored."""

import pytest

from grafana_day import DAY, plant
from grafana_screen import Screen


@pytest.fixture(scope="package")
def stored(aws, elasticsearch, tmp_path_factory):
    """The client of a node on which `grafana_day` stands, and nothing else."""
    for index in elasticsearch.indices.get(index="cloudwatch*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    plant(elasticsearch, aws, tmp_path_factory.mktemp("archive"))
    elasticsearch.indices.refresh(index="cloudwatch*")
    return elasticsearch


@pytest.fixture
def look(stored):
    """Look at a dashboard over the day: ``look("fleet.json", region=[...])``."""
    span = int(DAY.start.timestamp()), int(DAY.end.timestamp()) - 1
    return lambda name, **chosen: Screen(stored, name, span, **chosen)
