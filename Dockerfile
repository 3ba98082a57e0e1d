# Airflow with Nephoscope, of exactly what requirements.lock names.
FROM python:3.12-slim

RUN useradd --uid 50000 --create-home airflow \
 && install --directory --owner airflow /opt/airflow/home /opt/airflow/var
WORKDIR /opt/airflow

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY include include
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
COPY dags dags
COPY plugins plugins

USER airflow
ENV AIRFLOW_HOME=/opt/airflow/home \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/airflow/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/airflow/plugins
ENTRYPOINT ["python", "-m"]
CMD ["airflow", "version"]
