"""gunicorn: a few threaded processes, each with its own pool of database connections."""

import gc
import os
import shutil
from pathlib import Path

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
preload_app = True  # loaded once, shared by every process
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "20000"))  # a slow leak never grows old
max_requests_jitter = 2000
control_socket_disable = True
accesslog = os.environ.get("WEB_ACCESS_LOG") or None  # the application logs requests itself, without personal data
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(L)s"  # for whoever wants it all the same: no query, no referring page
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats, in memory

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _metrics:  # figures of an earlier run are not this run's
    shutil.rmtree(_metrics, ignore_errors=True)
    Path(_metrics).mkdir(parents=True)


def pre_fork(server, worker):
    """What was loaded stays for good: the collector need not look at it, and workers go on sharing its memory."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    """A pool of connections does not survive a fork: whatever loading the application opened is left behind."""
    from django.db import connections

    from core.serving import use_thread_locals

    connections.close_all()
    use_thread_locals()
    gc.set_threshold(20_000, 20, 20)  # one page makes more objects than the collector's usual patience allows


def child_exit(server, worker):
    if _metrics:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
