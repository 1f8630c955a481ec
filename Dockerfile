# One image for web, worker, beat and every command; what it does is the command of the service.
ARG PYTHON=3.13

# --- Front-end packages, exactly as package-lock.json names them ---
FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent

# --- Python packages of production, exactly as deploy/requirements.lock names them ---
FROM python:${PYTHON}-slim AS packages
RUN python -m venv /venv
COPY deploy/requirements.lock /tmp/requirements.lock
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

# --- Compiled catalogues and hashed, compressed static files ---
FROM packages AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=assets /app/node_modules ./node_modules
RUN /tools/bin/python -m core.translations.compiling && deploy/collect-static /venv/bin/python

FROM python:${PYTHON}-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    MEDIA_ROOT=/data/media
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin hospital \
    && install -d -o hospital -g hospital /data /data/media /data/checkpoints
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi"]
