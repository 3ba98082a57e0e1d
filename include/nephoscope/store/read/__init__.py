"""Stored points for reports and audits; a part of an answer is an error.

fields       which fields a namespace has
pages        a view of indices: hits and buckets, page after page
rows         pages as tables
queries      points, and counts of them
bins         points in bins of a step
totals       how much there is of a window, and how fresh it is
"""
