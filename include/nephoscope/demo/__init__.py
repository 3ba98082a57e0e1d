"""What stands in for AWS and Elasticsearch on one machine, with nothing but Python installed."""
