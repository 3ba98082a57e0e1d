"""Ports are the stated ones, else those of last time, else free ones."""

import socket

import pytest

from nephoscope.demo.stack.ports import choose
from nephoscope.errors import ConfigError


@pytest.fixture
def free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_stated_port_is_taken_as_it_is(free):
    assert choose({"airflow": free}, {"airflow": 1}) == {"airflow": free}


def test_a_stated_port_that_is_taken_is_told(taken):
    with pytest.raises(ConfigError, match=f"port {taken} for airflow can't be used"):
        choose({"airflow": taken}, {})


def test_the_port_of_last_time_is_kept(free):
    assert choose({"airflow": 0}, {"airflow": free}) == {"airflow": free}


def test_where_the_port_of_last_time_is_taken_another_is_found(taken):
    assert choose({"airflow": 0}, {"airflow": taken})["airflow"] not in {0, taken}


def test_no_two_are_the_same(free):
    names = [f"service{number}" for number in range(20)]
    chosen = choose(dict.fromkeys(names, 0) | {"stated": free}, dict.fromkeys(names, free))
    assert len(set(chosen.values())) == 21
