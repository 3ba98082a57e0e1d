"""Log events in Elasticsearch.

levels     how severe an event is, by a rule
patterns   a message without what differs from one to the next
parsed     the JSON of a message, as far as a field can hold it
documents  events as documents
load       events into the store: created, or there already
indices    the indices that there are
read       what is stored, for the report
"""
