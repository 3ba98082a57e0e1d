"""The pages in Airflow's UI: what there is, the reports, and the documents of a shard.

app         the application, as Airflow's processes import it
access      who may see them
routes      which there are
stored      what the store tells
recent      what Airflow's database tells
reports     the files of the reports
documents   what a shard wrote
render      all of it as HTML
"""
