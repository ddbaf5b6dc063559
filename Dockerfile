FROM python:3.11-slim AS build
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir --disable-pip-version-check uv==${UV_VERSION}
WORKDIR /src
COPY requirements.lock requirements-run.lock ./
RUN python -m venv --without-pip /opt/holdfast \
    && uv pip install --no-cache --python /opt/holdfast/bin/python --require-hashes \
        -r requirements-run.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
# What builds the package is pinned and checked by the whole lock.
RUN uv build --no-cache --wheel --build-constraints requirements.lock --require-hashes -o /dist \
    && uv pip install --no-cache --python /opt/holdfast/bin/python --no-deps --compile-bytecode \
        /dist/*.whl

FROM python:3.11-slim
COPY --from=build /opt/holdfast /opt/holdfast
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin holdfast \
    && install -d -o holdfast -g holdfast -m 0700 /data \
    && install -d /etc/holdfast \
    && printf '[database]\nurl = "sqlite:////data/holdfast.db"\n' > /etc/holdfast/config.toml
ENV PATH=/opt/holdfast/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib
USER holdfast
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["holdfast"]
CMD ["run", "--config", "/etc/holdfast/config.toml"]
