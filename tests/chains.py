"""A run of the chain without Airflow: plan, extract and load each shard, compact, audit."""

from dataclasses import dataclass
from datetime import timedelta

from nephoscope.archive import runs
from nephoscope.chain import audit, steps
from nephoscope.errors import NephoscopeError


@dataclass
class Ran:
    """What a run did: the plan's folder, what was written, the audit, and the errors by shard."""

    run: str
    planned: steps.Planned
    written: list
    audited: audit.Audited | None
    errors: dict


@dataclass
class Chain:
    """Runs the chain on an archive, a store and a cloud."""

    root: object
    client: object
    cloud: object
    collections: object
    dag_id: str = "collect_metrics_daily"

    def collect(
        self, windows, clock, *, final=True, force=False, listed=False, between=lambda: None
    ):
        """Run it; ``between`` is called when all is planned and nothing asked."""
        planned = steps.plan(
            self.root,
            self.dag_id,
            self.collections,
            windows,
            self.cloud,
            self.client,
            clock(),
            fresh_for=timedelta(0) if final else timedelta(hours=1),
            slots=2,
            force=force,
            listed=listed,
        )
        between()
        written, errors = [], {}
        for shard in planned.shards:
            try:
                done = steps.extract(self.root, planned.run, shard["number"], 1, self.cloud, clock)
                steps.load(self.root, planned.run, shard["number"], done.name, self.client)
            except NephoscopeError as error:
                errors[shard["name"]] = str(error)
            else:
                written.append(done)
        if final:
            steps.compact(self.root, planned.run, clock())
        audited = audit.audit(self.root, planned.run, self.client, final=final)
        return Ran(planned.run, planned, written, audited, errors)

    def plan(self, ran):
        """Read the plan of a run."""
        return runs.read_plan(self.root, ran.run)
