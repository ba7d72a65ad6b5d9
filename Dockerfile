# Airflow with this project: one image for all services of docker-compose.yml and for Kubernetes.
FROM apache/airflow:3.3.2

LABEL org.opencontainers.image.title="akhbar" \
      org.opencontainers.image.description="Newspapers' websites as Postgres tables, with Airflow" \
      org.opencontainers.image.licenses="MIT"

# the user airflow, by number, so that Kubernetes can verify that the image does not run as root
USER 50000
WORKDIR /opt/akhbar

# Copied before the code, so that a code change does not reinstall the packages.
COPY --chown=airflow:0 requirements/image.lock ./requirements/
RUN uv pip install --no-cache --require-hashes --requirement requirements/image.lock

# Not installed as a package, because sql/ and spiders/newspapers/ are read as files next to it; it is on PYTHONPATH.
COPY --chown=airflow:0 LICENSE pyproject.toml scrapy.cfg ./
COPY --chown=airflow:0 deploy/akhbar /home/airflow/.local/bin/akhbar
COPY --chown=airflow:0 deploy/start deploy/migrate ./deploy/
COPY --chown=airflow:0 sql ./sql
COPY --chown=airflow:0 spiders ./spiders
COPY --chown=airflow:0 akhbar ./akhbar
COPY --chown=airflow:0 dags ./dags
COPY --chown=airflow:0 plugins ./plugins
# The replica newspaper, to try the stack without the live site.
COPY --chown=airflow:0 tests/__init__.py tests/replica.py ./tests/
COPY --chown=airflow:0 tests/pages ./tests/pages

ENV PYTHONPATH=/opt/akhbar \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/akhbar/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/akhbar/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AKHBAR_ARCHIVE=/opt/akhbar/archive

RUN mkdir -p /opt/akhbar/archive && python -m compileall -q akhbar spiders dags plugins && akhbar --help > /dev/null
