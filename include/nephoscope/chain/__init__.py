"""A run, step by step: plan, extract, load, compact, audit, report; and replay, of all of them."""
