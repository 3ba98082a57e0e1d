"""docker-compose.yaml says what design and lock files say, and opens nothing to the network."""

import json

import pytest
import yaml

from nephoscope.config.settings import ROOT
from nephoscope.demo.elastic.jars import read_lock

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
SERVICES = COMPOSE["services"]


def test_the_profiles_are_those_of_the_readme():
    profiles = {name: one["profiles"] for name, one in SERVICES.items() if "profiles" in one}
    assert profiles == {"worker": ["scale"], "redis": ["scale"], "standin": ["demo"]}


@pytest.mark.parametrize("name", ["elasticsearch", "kibana"])
def test_the_version_is_that_of_the_embedded_node(name):
    [jar] = [jar for jar in read_lock() if jar.filename.startswith("elasticsearch-9")]
    assert f"elasticsearch-{SERVICES[name]['image'].split(':')[1]}.jar" == jar.filename


def test_ports_are_open_to_this_machine_alone():
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_volume_is_declared():
    mounts = [mount.split(":") for one in SERVICES.values() for mount in one.get("volumes", [])]
    folders = {source for source, *_ in mounts if source.startswith("./")}
    assert {source for source, *_ in mounts} - folders == set(COMPOSE["volumes"])
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_pools_are_those_that_the_dags_take():
    pools = json.loads((ROOT / "include" / "pools.json").read_text())
    dags = "".join(path.read_text() for path in (ROOT / "dags").glob("*.py"))
    assert all(f'pool="{name}"' in dags for name in pools)
