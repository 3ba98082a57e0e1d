"""Grafana's dashboards, as code: `python -m dashboards` writes `include/grafana/dashboards`.

`queries` says what panels ask of Elasticsearch, `panels` how they look, `variables` what a reader
chooses; `fleet` and `instance` are the two dashboards.
"""
