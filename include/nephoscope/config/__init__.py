"""What to collect and where it goes, read and validated before anything starts."""
