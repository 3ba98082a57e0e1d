"""A real Elasticsearch node in a Python process, from jars that Maven publishes."""
