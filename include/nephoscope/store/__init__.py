"""Elasticsearch as the store of points, of what was seen of resources, and of what is missing.

    schema/      the indices: mappings, templates, making, upgrade
    load/        points into the store: create, or merge with what is stored
    read/        stored points for reports and audits
    coverage/    what is stored of what was expected, and what is missing
    upkeep/      retention, merged segments, sizes

    names        what indices and fields are called
    answers      what Elasticsearch's errors mean to a person
    blocks       what blocks an index, and what lifts that
    privileges   what an identity must be allowed
    decoding     JSON of many small objects, read fast
    labels       what is known of a resource, on documents and in the inventory
    inventory    the resources, and what they were called when
    spending     what runs cost, and the ledger that holds them to a budget

The official client is an argument everywhere. Nothing here knows Airflow.
"""
