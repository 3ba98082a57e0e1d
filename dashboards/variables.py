"""What a reader chooses at the top of a dashboard."""

from __future__ import annotations

import json

from grafana_foundation_sdk.builders import dashboard as of
from grafana_foundation_sdk.models.dashboard import (
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards.queries import (
    ACCOUNT,
    CPU,
    CREDITS,
    INSTANCE_ID,
    METRICS,
    NAMESPACE,
    PERIOD,
    PLACE,
    REGION,
    SOURCE,
    all_of,
)

EVERYTHING = "* OR *:*"
"""All tags: in brackets, what has the tag or is there at all, so that the untagged stay in."""

_ALL = VariableOption(selected=True, text="All", value="$__all")


def datasource() -> of.DatasourceVariable:
    """Choose the Elasticsearch that is read."""
    return of.DatasourceVariable("datasource").label("Data source").type("elasticsearch")


def account() -> of.QueryVariable:
    """Choose accounts."""
    return _several("account", "Account", ACCOUNT, METRICS, "*")


def region() -> of.QueryVariable:
    """Choose regions of the accounts."""
    return _several("region", "Region", REGION, all_of(METRICS, f"{ACCOUNT}:$account"), "*")


def tag_key() -> of.TextBoxVariable:
    """Name the tag to choose by; Elasticsearch can't list the keys of a flattened field."""
    return of.TextBoxVariable("tag_key").label("Tag").default_value("env")


def tag() -> of.QueryVariable:
    """Choose values of the tag."""
    field = "aws.tags.${tag_key:raw}"  # a field's name, where Lucene's escapes mean nothing
    return _several("tag", "is", field, all_of(METRICS, PLACE), EVERYTHING)


def instance(tagged: str) -> of.QueryVariable:
    """Choose one of the instances that the other variables leave."""
    asked = all_of(METRICS, f'{NAMESPACE}:"AWS/EC2"', PLACE, tagged)
    return _asking("instance", "Instance", INSTANCE_ID, asked).multi(False)


def period(among: str) -> of.QueryVariable:
    """Choose periods, of those at which CPU is stored; a row is shown for each."""
    asked = all_of(among, f"_exists_:{CPU}")
    made = _several("period", "Period (s)", PERIOD, asked, "*")
    return made.sort(VariableSort.NUMERICAL_ASC)


def credit_period(among: str) -> of.QueryVariable:
    """Find the periods at which credits are stored, which are other than those of CPU."""
    asked = all_of(among, f"_exists_:{CREDITS}")
    made = _several("credit_period", "Period of credits", PERIOD, asked, "*")
    return made.sort(VariableSort.NUMERICAL_ASC).hide(VariableHide.HIDE_VARIABLE)


def _several(name: str, label: str, field: str, lucene: str, all_value: str) -> of.QueryVariable:
    made = _asking(name, label, field, lucene).multi(True).include_all(True)
    return made.all_value(all_value).current(_ALL)


def _asking(name: str, label: str, field: str, lucene: str) -> of.QueryVariable:
    """Ask for the values of a field in the time that is shown."""
    asked = json.dumps({"find": "terms", "field": field, "query": lucene, "size": 10_000})
    made = of.QueryVariable(name).label(label).datasource(SOURCE).query(asked)
    made.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    return made
