"""The session's node, empty of ours."""

import pytest


@pytest.fixture
def store(elasticsearch):
    for index in elasticsearch.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    return elasticsearch
