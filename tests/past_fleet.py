"""The fleet that the running stand-in of the tests shows; its anchor lies in the past."""

from datetime import UTC, datetime, timedelta

import truth

ANCHOR = datetime.now(UTC).date() - timedelta(days=3)
END = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
DAY = timedelta(days=1)
FLEET = truth.instances(7, 50, ANCHOR)
NAME = 'a <b> & "c" =x\' \u00fc \U0001f600'


def query(name, instance, metric, stat, period):
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/EC2",
                "MetricName": metric,
                "Dimensions": [{"Name": "InstanceId", "Value": instance.id}],
            },
            "Period": period,
            "Stat": stat,
        },
    }


def code(caught) -> str:
    return caught.value.response["Error"]["Code"]
