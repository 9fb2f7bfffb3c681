# One image for every service of docker-compose.yml: Python 3.11 and what uv.lock says.
FROM python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3

# ssh-keygen signs the releases (ATLAS_SIGNATURE).
RUN apt-get update && apt-get install -y --no-install-recommends openssh-client && rm -rf /var/lib/apt/lists/*
COPY uv.requirements.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/uv.requirements.txt \
    && useradd --create-home --uid 1000 atlas \
    && install -d -o atlas -g atlas /opt/atlas /opt/atlas/warehouse /opt/atlas/.airflow
WORKDIR /opt/atlas
USER atlas
ENV UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1

# The libraries first: they change less often than the code.
COPY --chown=atlas:atlas pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --group machines --group telemetry --no-install-project
COPY --chown=atlas:atlas . .
RUN uv sync --locked --no-dev --group machines --group telemetry

# The lock of an edition records the commit: ATLAS_COMMIT=$(git rev-parse HEAD) docker compose build
ARG COMMIT=
ENV ATLAS_COMMIT=$COMMIT PATH=/opt/atlas/.venv/bin:$PATH AIRFLOW_HOME=/opt/atlas/.airflow
