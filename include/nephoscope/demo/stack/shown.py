"""The demo's last words: the figures, the files, the addresses."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from nephoscope.demo.stack.airflow_service import USER
from nephoscope.demo.stack.stack import Stack
from nephoscope.demo.stack.summary import Summary


def show(console: Console, summary: Summary, stack: Stack) -> None:
    """Print the figures and where to look."""
    console.print(_figures(summary))
    console.print(_places(summary, stack))
    console.print(_QUERY.format(url=stack.node.url, day=summary.days[-1].day), soft_wrap=True)


def _figures(summary: Summary) -> Table:
    table = Table("", "", show_header=False, title="What is stored")
    table.add_row("points", f"{summary.points:,}")
    table.add_row("documents", f"{summary.documents:,}")
    table.add_row("log events", f"{summary.events:,}")
    for day in summary.days:
        share = day.stored / day.expected if day.expected else 0
        planted = f"; planted gaps: {len(day.lacking & summary.gaps)}"
        table.add_row(f"coverage of {day.day}", f"{share:.2%} of {day.expected:,}{planted}")
    table.add_row("metrics asked of CloudWatch", f"{summary.queries_asked:,}")
    table.add_row("what AWS would have charged", f"${summary.dollars:,.2f}")
    table.add_row("GetMetricData calls since the start", f"{summary.calls:,}")
    return table


def _places(summary: Summary, stack: Stack) -> Table:
    reports = stack.kept.folder / "reports"
    table = Table("", "", show_header=False, title="Where to look")
    table.add_row("report", f"{reports}/index.html")
    for day in summary.days:
        table.add_row(f"plots of {day.day}", f"{reports}/day={day.day}/")
    table.add_row("archive (Parquet)", f"{stack.kept.folder}/archive/")
    airflow = stack.airflow
    table.add_row("Airflow", f"{airflow.url}  user {USER}, password {airflow.password}")
    table.add_row("Elasticsearch", f"{stack.node.url}/cloudwatch_metrics/_search")
    table.add_row("stand-in AWS", f"{stack.aws.url}/_standin/fleet")
    return table


_QUERY = """
The fleet's mean CPU on {day}, of the instances with 5-minute points:

curl -s -H 'Content-Type: application/json' '{url}/cloudwatch_metrics/_search?size=0' -d '
{{"query": {{"bool": {{"filter": [
    {{"term": {{"aws.cloudwatch.period": 300}}}},
    {{"range": {{"@timestamp": {{"gte": "{day}", "lte": "{day}"}}}}}}]}}}},
  "aggs": {{"cpu": {{"avg": {{"field": "aws.ec2.metrics.CPUUtilization.avg"}}}}}}}}'
"""
