"""Points into the store, in the order in which they go.

columns      points as arrays, sorted into documents
repeats      which of these stand there already, value for value
documents    the others as the lines of bulk requests
items        what a bulk request is made of
bulk         requests: one retry layer, and an outcome for every item
standing     documents that stand in the way of others
merge        two reads of one document to one
comparing    conflicts to merges
loader       all of it
report       what became of a load
rejection    a document that Elasticsearch refuses
"""
