"""Elasticsearch as the store of points, of what was seen of resources, and of what is missing.

    names        what indices and fields are called
    schema       mappings, and the making of indices
    answers      what Elasticsearch's errors mean to a person
    bulk         writes: one retry layer, and an answer for every item
    documents    points to documents
    merge        two reads of one document to one
    loader       points into the store: create, or merge with what is stored
    pages        reads: hits and buckets, page after page
    queries      stored points for the report, and their counts for the audit
    coverage     what is stored of what was expected, and what is missing
    inventory    the resources, and what they were called when

The official client is an argument everywhere. Nothing here knows Airflow.
"""
