"""What Nephoscope adds to Airflow: registration only, the work stands in `nephoscope.airflow`."""

import sys
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from nephoscope.airflow import links, notes, warmth
from nephoscope.airflow.web.app import app


class NephoscopePlugin(AirflowPlugin):
    """Nephoscope."""

    name = "nephoscope"
    listeners = (notes,)
    fastapi_apps: ClassVar[list[Any]] = [
        {"app": app, "url_prefix": f"/{links.PREFIX}", "name": "Nephoscope"}
    ]
    external_views: ClassVar[list[Any]] = [
        {
            "name": "Nephoscope",
            "href": f"{links.PREFIX}/",
            "destination": "nav",
            "url_route": "nephoscope",
            "category": "browse",
        }
    ]


warmth.warm(sys.argv)
