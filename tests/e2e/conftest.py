"""The demo's services, for all of these tests: the stand-in AWS, an Elasticsearch node, and Airflow
with its scheduler, dag-processor, api-server and triggerer, each a process of its own.
"""

import pytest
from elasticsearch import Elasticsearch

from nephoscope.demo.stack import job
from nephoscope.demo.stack.backing import Options
from nephoscope.demo.stack.stack import Stack
from scheduled import DAYS, NOW, ended


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """The services, whose `NEPHOSCOPE_SINCE` lies three days back, when those are caught up."""
    options = Options(today=NOW.date(), folder=tmp_path_factory.mktemp("demo"))
    with Stack(options, DAYS[0]) as stack:
        for dag_id in (job.DAILY, job.LIVE, job.LOGS_LIVE):
            job.unpause(stack.airflow, dag_id)
        ended(stack.airflow, DAYS)
        yield stack


@pytest.fixture(scope="session")
def client(stack):
    with Elasticsearch(stack.node.url) as client:
        yield client
