"""``collections.yaml``: what to collect, as data; every error names the entry and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from nephoscope.config.accounts import Account
from nephoscope.config.buckets import LISTED, MEASURED, Bucket
from nephoscope.config.budget import Budget
from nephoscope.config.catalogue import catalogue, known_metric
from nephoscope.config.consistency import problems
from nephoscope.config.logs import Logs
from nephoscope.config.patterns import is_pattern, matches
from nephoscope.config.selection import Asked, Metric, Resources
from nephoscope.config.strict_yaml import read
from nephoscope.config.values import NONEMPTY, DimensionSet, Entry, Name, Period, Span, Text
from nephoscope.errors import ConfigError
from nephoscope.model import Dimensions as Named

UNKNOWN_STATISTICS = ("Average", "Sum")
"""Of a metric that a pattern fits and the catalogue does not know: a level, or a count."""

LIMIT = 500_000
LIMIT_OF_ALL = 5_000


def _default(span: str, said: str) -> dict[str, Any]:
    """Write a default as the file has it, and not as pydantic does."""
    return {"default": span, "$comment": said}


class Collection(Entry):
    """Metrics of one namespace, asked ``every`` so often, ``settle`` after a window's end."""

    namespace: Annotated[Text, Field(examples=["AWS/RDS"])]
    """CloudWatch's namespace. Where it stands in the catalogue, the other keys may be left out."""
    dimensions: Annotated[
        DimensionSet,
        Field(examples=[["QueueName"], "any"], json_schema_extra={"$comment": "the catalogue's"}),
    ] = ()
    """The exact set of dimensions that its resources have, or `any`. AWS publishes one load under
    several sets: `any` counts it several times."""
    metrics: Annotated[
        Mapping[Text, Metric],
        Field(
            examples=[{"CPUUtilization": ["Average", "p99"], "Network*": None}],
            json_schema_extra={"$comment": "the catalogue's choice"},
        ),
    ] = {}
    """Names or patterns (`*`, `?`) of metrics, each with nothing (the catalogue's statistics), a
    list of statistics, or the two keys below. A name goes before patterns, and these in order."""
    resources: Annotated[Resources, Field()] = Resources()
    """Which resources; where it is left out, all, those without tags too."""
    period: Annotated[Period, Field(examples=[300])] = "auto"
    """Seconds, a multiple of 60; or `auto`: the finest that AWS publishes and still has."""
    every: Annotated[
        Span, Field(examples=["1h"], json_schema_extra=_default("5m", "the catalogue's, else 5m"))
    ] = timedelta(minutes=5)
    """How often to ask; divides a day. AWS bills each metric asked, whatever its points."""
    settle: Annotated[
        Span,
        Field(examples=["15m"], json_schema_extra=_default("20m", "the catalogue's, else 20m")),
    ] = timedelta(minutes=20)
    """How long after its end a window is asked: CloudWatch needs that long until it is whole."""
    keep: Annotated[
        Span | None, Field(examples=["400d"], json_schema_extra={"$comment": "for ever"})
    ] = None
    """How long to keep it: what is older is not asked of AWS, and `maintain_store` drops the
    indices in which all is older."""
    limit: Annotated[
        int,
        Field(
            ge=1,
            strict=True,
            examples=[20_000],
            json_schema_extra={"$comment": "500000, with the metric `*` 5000"},
        ),
    ] = LIMIT
    """How many series (a statistic of a metric of a resource) it may have in an account and
    region; above it, a run refuses."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, entry: Any) -> Any:
        """Fill in from the catalogue what the entry leaves out."""
        if not isinstance(entry, dict):
            return entry
        metrics = entry.get("metrics")
        everything = isinstance(metrics, dict) and "*" in metrics
        filled: dict[str, Any] = {"limit": LIMIT_OF_ALL if everything else LIMIT}
        known = catalogue().get(str(entry.get("namespace")))
        if known:
            filled |= {
                "dimensions": known.dimensions,
                "metrics": dict.fromkeys(known.defaults),
                "every": known.every,
                "settle": known.settle,
            }
        return filled | entry

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := "\n".join(problems(self)):
            raise ValueError(found)
        return self

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The metrics that are named, without the patterns."""
        return tuple(metric for metric in self.metrics if not is_pattern(metric))

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(metric for metric in self.metrics if is_pattern(metric))

    @property
    def of_storage(self) -> bool:
        """Whether `collect_storage` collects it, and no other DAG.

        The catalogue decides: it is of the dimension set of a namespace whose own metrics AWS
        publishes once a day, as S3's sizes are. S3's request metrics are of another set.
        """
        known = catalogue().get(self.namespace)
        return known is not None and known.of_storage and self.dimensions == known.dimensions

    @property
    def has_patterns(self) -> bool:
        """Whether some metrics are meant by a pattern, so that all of them must be listed."""
        return bool(self._patterns)

    def asked(self, metric: str) -> Asked | None:
        """Return what is asked of a metric that AWS lists; None where it isn't meant.

        Its own name decides; where that does not stand here, the first pattern that fits.
        """
        said = self.metrics.get(metric) or next(
            (self.metrics[one] for one in self._patterns if matches(one, metric)), None
        )
        if said is None:
            return None
        known = known_metric(self.namespace, metric)
        otherwise = known.statistics if known else UNKNOWN_STATISTICS
        return Asked(said.statistics or otherwise, said.period or self.period)

    def fits(self, dimensions: Named) -> bool:
        """Tell whether a listed metric is of the dimension set, and fits the patterns."""
        exact = self.dimensions == "any" or {name for name, _ in dimensions} == set(self.dimensions)
        return exact and self.resources.fits(dimensions)

    def wants(self, tags: Mapping[str, str] | None) -> bool:
        """Tell whether a resource of these tags is collected.

        Without a filter every one is, also the untagged; with one, those without tags, or of
        unknown ones, are not.
        """
        return self.resources.wants(tags)

    def native_period(self, metric: str, *, detailed: bool) -> int:
        """Return the finest period, in seconds, that is asked of a metric of a resource.

        Args:
            metric: its CloudWatch name.
            detailed: whether the resource has detailed monitoring.
        """
        asked = self.asked(metric)
        period = asked.period if asked else self.period
        if period != "auto":
            return period
        known = known_metric(self.namespace, metric)
        return known.native(detailed=detailed) if known else 60


class Collections(Entry):
    """What Nephoscope collects."""

    accounts: Annotated[tuple[Account, ...], NONEMPTY, Field(json_schema_extra={"minItems": 1})]
    """The accounts to read, by one Airflow connection each."""
    collections: Annotated[Mapping[Name, Collection], Field(min_length=1)]
    """What to read of each account, by names of your own."""
    logs: Annotated[Mapping[Name, Logs], Field()] = {}
    """Log groups to copy, by names of your own; none that no entry names."""
    buckets: Annotated[tuple[Bucket, ...], Field(json_schema_extra={"default": []})] = ()
    """Buckets whose objects are listed besides, for exact sums by prefix and storage class."""
    budget: Budget = Budget()
    """What AWS may charge."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        """Refuse a region that two entries read by one connection: it would be paid twice."""
        places = [
            (account.connection, region)
            for account in self.accounts
            for region in (["all"] if account.regions == "all" else account.regions)
        ]
        for number, (connection, region) in enumerate(places):
            if (connection, region) in places[:number]:
                raise ValueError(f"accounts: {connection} reads {region} twice: leave one out")
        return self

    def only(self, names: Iterable[str]) -> Self:
        """Return the same with these collections alone, as they stand in the file.

        Raises:
            ConfigError: there is none of a name.
        """
        chosen = set(names)
        if strange := sorted(chosen - self.collections.keys()):
            raise ConfigError(
                f"there is no collection {strange[0]!r}: there are {', '.join(self.collections)}"
            )
        left = {name: one for name, one in self.collections.items() if name in chosen}
        return self.model_copy(update={"collections": left})

    @property
    def keeps(self) -> dict[str, timedelta | None]:
        """How long each namespace is kept, by its most patient collection; None is for ever."""
        longest: dict[str, timedelta | None] = {}
        for one in self.collections.values():
            before = longest.get(one.namespace, one.keep)
            longest[one.namespace] = before and one.keep and max(before, one.keep)
        if MEASURED in longest:
            longest[LISTED] = longest[MEASURED]
        return longest


def load_collections(path: Path) -> Collections:
    """Read and check ``collections.yaml``.

    Raises:
        ConfigError: the file is not there, is no YAML, or says something wrong; one line each.
    """
    return read(path, Collections)
