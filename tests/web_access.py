"""Users of the pages: an auth manager that refuses one DAG, and the client of Airflow's app."""

from contextlib import contextmanager

from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from starlette.testclient import TestClient

HIDDEN = "collect_metrics_daily"


class OneDagHidden(SimpleAuthManager):
    """Airflow's simple auth manager, where the user `halfway` may not see one DAG."""

    def is_authorized_dag(self, *, method, user, access_entity=None, details=None):
        hidden = user.username == "halfway" and details and details.id == HIDDEN
        return not hidden and super().is_authorized_dag(
            method=method, user=user, access_entity=access_entity, details=details
        )


@contextmanager
def serving():
    """Airflow's whole app of the API server, with its plugins, without a process of its own."""
    from airflow.api_fastapi.app import create_app, purge_cached_app

    purge_cached_app()
    with TestClient(create_app(apps="core"), raise_server_exceptions=False) as client:
        yield client
    purge_cached_app()


def login(client, name, role):
    """Return the token of a user."""
    manager = client.app.state.auth_manager
    return manager.generate_jwt(SimpleAuthManagerUser(username=name, role=role))
