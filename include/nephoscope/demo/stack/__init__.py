"""The demo: the stand-in AWS, the node and Airflow, and the job that they do."""
