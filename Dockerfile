# Completing photos on a CPU, without Python at hand. docs/serving.md tells how to run it.
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 inpaint

WORKDIR /src
COPY setup.py pyproject.toml README.md LICENSE ./
COPY inpaint_tf inpaint_tf
COPY configs configs
# hadolint ignore=DL3013
RUN pip install --no-cache-dir ".[faces]" && rm -rf /src/*

# Nothing is written but temporary files: the root may be read-only, with a tmpfs at /tmp.
ENV HOME=/tmp KERAS_HOME=/tmp/keras TF_CPP_MIN_LOG_LEVEL=2 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data

EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]

ENTRYPOINT ["inpaint-tf"]
CMD ["web", "--host=0.0.0.0", "--noopen"]
