# One image for every service of docker-compose.yml: Python 3.11 and what uv.lock says.
FROM python:3.11-slim

RUN pip install --no-cache-dir uv \
    && useradd --create-home --uid 1000 atlas
WORKDIR /opt/atlas
COPY --chown=atlas:atlas . .
RUN chown atlas:atlas /opt/atlas && mkdir -p warehouse .airflow && chown atlas:atlas warehouse .airflow
USER atlas
RUN uv sync --locked --no-dev --group postgres
# docker compose build --build-arg COMMIT=$(git rev-parse HEAD): the lock of an edition records it.
ARG COMMIT=
ENV ATLAS_COMMIT=$COMMIT PATH=/opt/atlas/.venv/bin:$PATH AIRFLOW_HOME=/opt/atlas/.airflow
