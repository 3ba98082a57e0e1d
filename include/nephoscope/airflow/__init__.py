"""The edge to Airflow: connections, the run's window, the chain's tasks, alerts."""
