"""A dashboard of Grafana that is looked at, without Grafana: see `grafana_queries`."""

import json

from dashboards.__main__ import FOLDER
from dashboards.queries import INDICES

from grafana_frames import computed, shown
from grafana_queries import All, body, interpolate, terms


class Screen:
    """A dashboard that is looked at: `panel` and `variable` ask Elasticsearch as Grafana does.

    Args:
        client: of Elasticsearch.
        name: of the dashboard's file.
        span: the time shown, in seconds since 1970.
        chosen: values of variables; of all others that have All, that.
    """

    def __init__(self, client, name, span, **chosen):
        self.client = client
        self.dashboard = json.loads((FOLDER / name).read_text())
        self.span = [1000 * moment for moment in span]
        self.variables = {one["name"]: one for one in self.dashboard["templating"]["list"]}
        everything = {
            name: All(one["allValue"])
            for name, one in self.variables.items()
            if one.get("includeAll")
        }
        self.chosen = {"tag_key": self.variables["tag_key"]["query"]} | everything | chosen

    def panel(self, title, step=300, **scoped):
        """Return what is shown of each query of a panel, by its reference."""
        [panel] = [one for one in self.dashboard["panels"] if one.get("title") == title]
        chosen = self.chosen | scoped
        answers = {
            one["refId"]: shown(one, self.search(body(one, chosen, self.span, 1000 * step)))
            for one in panel["targets"]
            if "expression" not in one
        }
        for one in panel["targets"]:
            if "expression" in one:
                formula = interpolate(one["expression"], chosen)
                answers[one["refId"]] = computed(formula, answers)
        return answers

    def series(self, title, ref="A", step=300, **scoped):
        """Return what is drawn of a query of a panel: values by name and second."""
        [panel] = [one for one in self.dashboard["panels"] if one.get("title") == title]
        [query] = [one for one in panel["targets"] if one["refId"] == ref]
        drawn = self.panel(title, step, **scoped)[ref]
        return {one.name(query.get("alias", "")): one.points for one in drawn}

    def variable(self, name, **chosen):
        """Return the values that a variable offers, in the order of Elasticsearch."""
        asked = json.loads(self.variables[name]["query"])
        answer = self.search(terms(asked, self.chosen | chosen, self.span))
        return [str(bucket["key"]) for bucket in answer["aggregations"]["1"]["buckets"]]

    def search(self, wanted):
        """Send a search as one of an `_msearch`."""
        header = {"search_type": "query_then_fetch", "ignore_unavailable": True, "index": INDICES}
        [answer] = self.client.msearch(searches=[header, wanted])["responses"]
        assert answer["status"] == 200, answer
        assert not answer["_shards"]["failed"], answer["_shards"]
        return answer
