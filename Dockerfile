# One image for every service: the command says which. Three stages, so that a change of the code
# reuses the layer of the dependencies, here and in the finished image.

# What the lock names, in a virtual environment without pip: nothing in the finished image installs.
FROM python:3.13-slim AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /build && python -m venv --without-pip /venv
COPY requirements/runtime.lock requirements/build.lock /requirements/
# Wheels alone: what would have to be compiled here is a fault of the lock. Their own tests stay behind.
RUN /build/bin/pip --python /venv/bin/python install --quiet --require-hashes --only-binary=:all: -r /requirements/runtime.lock \
 && find /venv -type d -name tests -prune -exec rm -r {} +
RUN /build/bin/pip install --quiet --require-hashes --only-binary=:all: -r /requirements/build.lock

FROM dependencies AS code
WORKDIR /source
COPY pyproject.toml README.md ./
COPY shared shared
COPY services services
# `--root` keeps our own files apart from the dependencies', so that they become a layer of their own.
RUN /build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /build/bin/pip --python /venv/bin/python install --quiet --no-deps --no-index --no-warn-script-location --root /code /wheel/*.whl
# An image that cannot import what it is to run is not built.
RUN PYTHONPATH=/source /venv/bin/python -c "import services.cli.main, services.cli.health, services.ingest.main, services.worker.main, services.api.main, services.demo.press_office, services.demo.receiver"

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Tocsin" \
      org.opencontainers.image.description="Watches press-release feeds and rings the bell: topic alerts as signed webhooks." \
      org.opencontainers.image.version="0.1.0"
# The root file system is read-only when it runs: what is not compiled now would be at every start.
RUN python -m compileall -q -j 0 -x '/(site|dist)-packages/' "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && groupadd --gid 10001 tocsin \
 && useradd --uid 10001 --gid tocsin --home-dir /tmp --no-create-home --shell /usr/sbin/nologin tocsin \
 # An empty named volume takes the owner of the folder that it is first mounted on.
 && install -d -o tocsin -g tocsin -m 0755 /secrets/tocsin /secrets/db /secrets/redis /demo
COPY --from=dependencies /venv /venv
COPY --from=code /code /
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8400
STOPSIGNAL SIGTERM
ENTRYPOINT ["/venv/bin/tocsin"]
CMD ["--help"]
