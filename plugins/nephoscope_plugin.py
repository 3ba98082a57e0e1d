"""What Nephoscope adds to Airflow: registration only, the work stands in `nephoscope.airflow`."""

import sys

from airflow.plugins_manager import AirflowPlugin

from nephoscope.airflow import notes, warmth


class NephoscopePlugin(AirflowPlugin):
    """Nephoscope."""

    name = "nephoscope"
    listeners = (notes,)


warmth.warm(sys.argv)
