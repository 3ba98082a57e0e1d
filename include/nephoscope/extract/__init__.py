"""Reads AWS: what the plan says, whole or with a reason."""
