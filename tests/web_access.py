"""Airflow's whole app of the API server, with its plugins, and users of it."""

from contextlib import contextmanager

import pytest
from airflow.api_fastapi.app import create_app, purge_cached_app
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
    """Serve Airflow's app, without a process of its own."""
    with pytest.MonkeyPatch.context() as patched:
        manager = f"{OneDagHidden.__module__}.{OneDagHidden.__qualname__}"
        patched.setenv("AIRFLOW__CORE__AUTH_MANAGER", manager)
        app = create_app(apps="core")
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client
    purge_cached_app()


def token(client, name, role):
    """Return the token of a user."""
    user = SimpleAuthManagerUser(username=name, role=role)
    return client.app.state.auth_manager.generate_jwt(user)
