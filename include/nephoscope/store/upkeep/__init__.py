"""What keeps the store in order.

indices      the metrics indices that there are
retention    which of them are over, and what they hold
segments     the merge of those that are hardly written any more
sizes        how much is stored, and how near the cluster's limit is
"""
