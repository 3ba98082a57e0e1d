"""Decides everything before AWS is asked for a point: windows, series, periods, shards, cost."""
