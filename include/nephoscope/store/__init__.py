"""Elasticsearch as the store of points, of what was seen of resources, and of what is missing.

    names        what indices and fields are called
    mappings     what the indices of a kind have in common, and its version
    templates    index templates, which give them that
    schema       the making of indices
    upgrade, copying  what is of an older version, in place or by a copy
    answers      what Elasticsearch's errors mean to a person
    items        what a bulk request is made of
    bulk         writes: one retry layer, and an outcome for every item
    columns      points as arrays, sorted into documents
    repeats      which of these stand there already, value for value
    documents    points to documents
    labels       what is known of a resource, on documents and in the inventory
    merge        two reads of one document to one
    standing     documents as they stand, to be written over
    comparing    conflicts to merges
    loader       points into the store: create, or merge with what is stored
    decoding     JSON of many small objects, read fast
    pages, rows  reads: hits and buckets page after page, and tables of them
    queries      stored points for the report, and their counts for the audit
    indices      the metrics indices that there are
    retention    which of them are over, and what they hold
    segments     the merge of those that are hardly written any more
    sizes        how much is stored, and how near the cluster's limit is
    totals       how much is stored, and how fresh it is
    expected     what there should be of a resource on a day
    cover        what is stored, compared with it
    gaps         the spans that are missing, and why
    audit        the coverage of a day
    coverage     days of coverage as documents
    covered      what they say in sum, and the worst of them
    inventory    the resources, and what they were called when

The official client is an argument everywhere. Nothing here knows Airflow.
"""
