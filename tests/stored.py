"""What stands in Elasticsearch, read plainly."""

from datetime import datetime

from elasticsearch.helpers import scan

from nephoscope.store import names


def values(client, metric, statistic):
    """Return a metric's stored values by instance, period and second since 1970."""
    client.indices.refresh(index=names.ALL_METRICS)
    found = {}
    for hit in scan(client, index=names.ALL_METRICS, size=5000):
        source = hit["_source"]
        measured = source["aws"]["ec2"]["metrics"].get(metric, {})
        if statistic in measured:
            instance = source["aws"]["dimensions"]["InstanceId"]
            moment = datetime.fromisoformat(source["@timestamp"]).timestamp()
            key = instance, source["aws"]["cloudwatch"]["period"], int(moment)
            found[key] = measured[statistic]
    return found


def coverage(client, day):
    """Return the coverage of each instance on a day, by its id."""
    client.indices.refresh(index=names.ALL_COVERAGE)
    found = {}
    for hit in scan(client, index=names.ALL_COVERAGE, size=5000):
        source = hit["_source"]
        if source["@timestamp"][:10] == f"{day.start:%Y-%m-%d}":
            found[source["aws"]["dimensions"]["InstanceId"]] = source["nephoscope"]
    return found
