"""The archive: what runs planned and read, and what is kept of it, in object storage.

    runs/       plans and their shards, and what each run cost
    landing/    what each attempt read, until some days after it was compacted and loaded
    metrics/    one file a day of each account, region, namespace and period
    coverage/   what audits found of each day, beside its points
    inventory/  what was seen of resources, and when

Everything takes the archive's root, a `place.Place`: a local folder or a bucket.
"""
