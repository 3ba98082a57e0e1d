"""The files of the reports through Airflow: these and no others, as what they are."""

import boto3
import pytest

from dag_runs import aws_connection

PAGE = b"""<!DOCTYPE html><html lang="en"><title>t</title>
<img src="heatmap.png" width="1160" height="500" alt="Fleet of &lt;b&gt; &quot;1&quot;">
<img src="../../secret.png" width="1" height="1" alt="outside">
<img src="https://example.com/x.png" width="1" height="1" alt="elsewhere">
"""
FILES = {
    "index.html": ("text/html; charset=utf-8", False),
    "day=2026-11-20/index.html": ("text/html; charset=utf-8", False),
    "day=2026-11-20/heatmap.png": ("image/png", False),
    "day=2026-11-20/data/cpu.csv": ("text/csv; charset=utf-8", True),
    "day=2026-11-20/data/cpu.parquet": ("application/vnd.apache.parquet", True),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Reports on a disk, and what lies beside them."""
    root = tmp_path / "reports"
    for path in FILES:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(PAGE if path.endswith("html") else path.encode())
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    (root / ".hidden.html").write_text("secret", encoding="utf-8")
    (root / "script.svg").write_text("secret", encoding="utf-8")
    (root / "notes").write_text("secret", encoding="utf-8")
    (root / "out.html").symlink_to(tmp_path / "secret.html")
    (root / "up").symlink_to(tmp_path)
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{root}")
    return root


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_a_report_is_served_as_what_it_is(reader, folder, path):
    answer = reader.get(f"/nephoscope/reports/{path}")
    kind, saved = FILES[path]
    assert answer.status_code == 200
    assert answer.content == (folder / path).read_bytes()
    assert answer.headers["Content-Type"] == kind
    assert answer.headers.get("Content-Disposition") == ("attachment" if saved else None)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "..%2fsecret.html",
        "%2e%2e/secret.html",
        "%2e%2e%2fsecret.html",
        "day=2026-11-20/%2e%2e/%2e%2e/secret.html",
        "day=2026-11-20/..%2f..%2fsecret.html",
        "..%5csecret.html",
        "..%252fsecret.html",
        "%2fetc%2fpasswd.html",
        "%2ftmp%2fsecret.html",
        "/etc/hosts.html",
        "file:%2f%2f/etc/hosts.html",
        "index.html%00.png",
        "index.html%0a",
        ".hidden.html",
        "script.svg",
        "notes",
        "out.html",
        "up/secret.html",
        "",
        "day=2026-11-20",
        "day=2026-11-20/",
        "day=2026-11-20/none.html",
        "index.html/x.html",
        "a" * 5000 + ".html",
    ],
)
def test_nothing_else_is_served(reader, folder, path):
    answer = reader.get(f"/nephoscope/reports/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_the_page_shows_the_newest_report_and_only_its_own_pictures(reader, folder):
    (folder / "day=2026-11-21" / "data").mkdir(parents=True)  # of one that is not whole yet
    page = reader.get("/nephoscope/").text
    assert 'href="reports/day=2026-11-20/index.html"' in page
    assert page.count("<img ") == 1
    assert (
        '<img src="reports/day=2026-11-20/heatmap.png" width="1160" height="500" '
        'alt="Fleet of &lt;b&gt; &#34;1&#34;">'
    ) in page


def test_a_folder_that_is_not_there_yet_is_no_trouble(reader, tmp_path, monkeypatch):
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{tmp_path}/nowhere")
    assert "There is none yet" in reader.get("/nephoscope/").text
    assert reader.get("/nephoscope/reports/index.html").status_code == 404


def test_reports_in_a_bucket_are_served_alike(reader, aws, monkeypatch):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=aws.url, **keys)
    s3.create_bucket(Bucket="nephoscope-web")
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", aws_connection(aws.url))
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", "s3://aws_default@nephoscope-web/reports")
    assert "There is none yet" in reader.get("/nephoscope/").text
    for day in ("2026-11-20", "2026-11-21"):  # the second while the first listing is remembered
        for name, body in {"heatmap.png": b"png", "index.html": PAGE}.items():
            s3.put_object(Bucket="nephoscope-web", Key=f"reports/day={day}/{name}", Body=body)
        assert f"reports/day={day}/heatmap.png" in reader.get("/nephoscope/").text
    answer = reader.get("/nephoscope/reports/day=2026-11-21/heatmap.png")
    assert (answer.content, answer.headers["Content-Type"]) == (b"png", "image/png")
    s3.put_object(Bucket="nephoscope-web", Key="secret.html", Body=b"secret")
    assert reader.get("/nephoscope/reports/..%2fsecret.html").status_code == 404


def test_a_report_in_a_bucket_that_does_not_answer_is_a_sentence(reader, monkeypatch):
    once = {"retries": {"total_max_attempts": 1}}
    away = aws_connection("http://127.0.0.1:9", config_kwargs=once)
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", away)
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", "s3://away@bucket/reports")
    answer = reader.get("/nephoscope/reports/index.html")
    assert answer.status_code == 503
    assert "the reports can&#39;t be read (EndpointConnectionError)" in answer.text
    assert 'href="/nephoscope/"' in answer.text
