"""Collects what AWS knows about a fleet, keeps it whole in Elasticsearch, and draws it."""
