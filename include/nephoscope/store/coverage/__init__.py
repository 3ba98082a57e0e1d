"""The coverage of a day: what there should be, compared with what is stored.

expected     what there should be of a resource
gaps         the spans that are missing, and why
cover        the comparison
audit        the comparison of many, by counts first
days         days as documents
sums         what they say in sum, and the worst of them
"""
