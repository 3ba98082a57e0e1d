import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from nephoscope.model import Window
from nephoscope.place import put
from nephoscope.report import singles
from nephoscope.report import write as write_module
from nephoscope.report.fleet import Fleet
from nephoscope.report.heat import heat
from nephoscope.report.maps import miniature
from nephoscope.report.write import folder_of, update_latest, window_of, write_report
from unit.report.fleets import DAY, planted
from unit.report.test_page import report_of

TABLES = (
    "heatmap",
    "cpu",
    "bands",
    "days",
    "instances",
    "idle",
    "coverage",
    "gaps",
    "confirmed",
    "all",
)
DAY_FILES = {
    "index.html",
    "miniature.png",
    "heatmap.png",
    "bands.png",
    "calendar.png",
    *(f"data/{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")),
}


def write(root, made, figures=50, window=DAY):
    """Write the report of a fleet."""
    alone = (singles.single(one, DAY, {}) for one in made.instances[:figures])
    small = miniature(heat(made) if made.instances else None)
    return write_report(root, window, report_of(made), small, alone)


@pytest.fixture(scope="module")
def small():
    return planted(10)[2]


@pytest.fixture
def bucket(monkeypatch):
    """A client of an S3 of our own over HTTP, with one bucket and an Airflow connection to it."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    endpoint = f"http://{host}:{port}"
    extra = {"region_name": "us-east-1", "endpoint_url": endpoint}
    connection = {"conn_type": "aws", "login": "test", "password": "test", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_REPORT_STORE", json.dumps(connection))
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket="reports")
    yield client
    server.stop()


@pytest.fixture
def storage_path(tmp_path, monkeypatch):
    """Airflow's ObjectStoragePath, imported late since that reads AIRFLOW_HOME."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_a_report_is_a_page_its_pictures_and_their_numbers(tmp_path, small):
    written = write(tmp_path, small, figures=2)
    alone = {
        f"instances/{path}"
        for one in small.instances[:2]
        for path in (
            f"{one.file}.png",
            f"{one.file}.html",
            f"data/{one.file}.csv",
            f"data/{one.file}.parquet",
        )
    }
    assert set(files(tmp_path / "day=2026-11-20")) == DAY_FILES | alone == set(written.files)
    assert written.page == str(tmp_path / "day=2026-11-20" / "index.html")


def test_pictures_are_as_large_as_the_page_says(tmp_path, small):
    page = Path(write(tmp_path, small, figures=1).page)
    file = small.instances[0].file
    with Image.open(page.parent / "instances" / f"{file}.png") as picture:
        assert picture.size == (1320, 640)
    assert 'width="660" height="320"' in page.read_text("utf-8")


def test_the_same_fleet_gives_the_same_bytes_and_replaces_the_report(tmp_path, small):
    write(tmp_path, small, figures=1)
    first = files(tmp_path)
    write(tmp_path, small, figures=1)
    assert files(tmp_path) == first


def test_what_is_no_longer_shown_goes(tmp_path, small):
    write(tmp_path, small, figures=2)
    write(tmp_path, small, figures=1)
    pictures = {path.name for path in (tmp_path / "day=2026-11-20" / "instances").glob("*.*")}
    assert pictures == {f"{small.instances[0].file}.{kind}" for kind in ("png", "html")}


def test_the_page_is_written_last(tmp_path, small):
    write(tmp_path, small, figures=2)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if path.is_file()}
    assert written[tmp_path / "day=2026-11-20" / "index.html"] == max(written.values())


def test_an_empty_fleet_has_a_page(tmp_path):
    write(tmp_path, Fleet(DAY, ()))
    assert set(files(tmp_path / "day=2026-11-20")) == {"index.html", "miniature.png"}


def test_a_window_that_is_not_of_whole_days_is_refused():
    window = Window(DAY.start, DAY.end + timedelta(hours=1))
    with pytest.raises(ValueError, match="2026-11-20T00:00:00Z/2026-11-21T01:00:00Z is not"):
        folder_of(window)


@pytest.mark.parametrize(
    ("days", "folder"), [(1, "day=2026-11-20"), (7, "days=2026-11-20_2026-11-26")]
)
def test_a_folder_tells_its_window(days, folder):
    window = Window(DAY.start, DAY.start + timedelta(days=days))
    assert folder_of(window) == folder
    assert window_of(folder) == window


def test_every_file_lies_inside_the_root_whatever_the_ids_are(tmp_path, small):
    traps = ("../../x", "/etc/passwd", "a\ufffdb", "x" * 300, "I-0C", "i-0c")
    hostile = tuple(
        replace(one, instance_id=trap) for one, trap in zip(small.instances, traps, strict=False)
    )
    write(tmp_path / "root", Fleet(DAY, hostile), figures=len(traps))
    assert set(files(tmp_path)) == {f"root/{name}" for name in files(tmp_path / "root")}
    cpu = list((tmp_path / "root" / "day=2026-11-20" / "instances").glob("*.png"))
    assert len({path.name.lower() for path in cpu}) == len(traps)


def test_the_list_of_reports_holds_the_whole_ones_the_newest_first(tmp_path):
    for day in ("2026-11-19", "2026-11-21", "2026-11-20"):
        (tmp_path / f"day={day}").mkdir()
        (tmp_path / f"day={day}" / "index.html").touch()
    (tmp_path / "day=2026-11-22").mkdir()
    (tmp_path / "lost+found").mkdir()
    page = Path(update_latest(tmp_path)).read_text("utf-8")
    assert page.index("2026-11-21") < page.index("2026-11-20") < page.index("2026-11-19")
    assert "2026-11-22" not in page
    assert "lost" not in page


def test_airflows_path_to_a_folder_gets_the_same_files(tmp_path, small, storage_path):
    write(tmp_path / "a", small, figures=2)
    root = storage_path(f"file://{tmp_path}/b")
    paths = write(root, small, figures=2)
    write(root, small, figures=2)
    assert files(tmp_path / "b") == files(tmp_path / "a")
    assert paths.page == f"file://{tmp_path}/b/day=2026-11-20/index.html"
    assert update_latest(root) == f"file://{tmp_path}/b/index.html"


def test_airflows_path_to_a_bucket_gets_the_same_files_with_types_that_a_browser_shows(
    tmp_path, small, storage_path, bucket
):
    root = storage_path("s3://report_store@reports/fleet")
    for place in (tmp_path, root):
        write(place, small, figures=3)
        write(place, small, figures=2)
        update_latest(place)
    objects = {
        entry["Key"].removeprefix("fleet/"): bucket.get_object(Bucket="reports", Key=entry["Key"])
        for entry in bucket.list_objects_v2(Bucket="reports")["Contents"]
    }
    assert {name: found["Body"].read() for name, found in objects.items()} == files(tmp_path)
    assert {name.rpartition(".")[2]: found["ContentType"] for name, found in objects.items()} == {
        "html": "text/html; charset=utf-8",
        "png": "image/png",
        "csv": "text/csv; charset=utf-8",
        "parquet": "application/vnd.apache.parquet",
    }


def test_the_newest_never_goes_back_though_another_report_ends_meanwhile(tmp_path, monkeypatch):
    """Another process's report becomes whole between the listing and the writing of this one."""

    def whole(day):
        (tmp_path / f"day={day}").mkdir(exist_ok=True)
        (tmp_path / f"day={day}" / "index.html").touch()

    def put_late(folder, name, content):
        if name == "index.html":
            whole("2026-11-21")
        return put(folder, name, content)

    whole("2026-11-19")
    monkeypatch.setattr(write_module, "put", put_late)
    update_latest(tmp_path)
    assert "url=day=2026-11-21/index.html" in (tmp_path / "latest.html").read_text("utf-8")
