# GigaGate in a container: docs/operations.md says how to run it.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app/addons \
    GIGAGATE_STATE_DIR=/state \
    HOME=/state

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt \
    && install -d -m 0700 -o 10001 -g 10001 /state
COPY addons addons
COPY config config

USER 10001:10001
VOLUME /state
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import http.client; proxy = http.client.HTTPConnection('127.0.0.1', 4000, timeout=4); proxy.request('GET', '/health'); raise SystemExit(proxy.getresponse().status != 200)"]

# The proxy itself refuses to start on 0.0.0.0 without GIGAGATE_CLIENT_KEYS and GIGAGATE_ALLOWED_HOSTS.
ENTRYPOINT ["python", "-m", "gigagate"]
CMD ["serve", "--listen-host", "0.0.0.0"]
