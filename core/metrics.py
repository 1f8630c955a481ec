"""What Prometheus reads: requests and background work, without personal data.

django-prometheus counts the database's statements and connections (ORIGINAL_BACKEND) and prints everything.
"""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import Counter, Histogram

REQUESTS = Counter("hospital_requests_total", "Answered requests", ["surface", "view", "method", "status"])
SECONDS = Histogram(
    "hospital_request_seconds",
    "Time to answer",
    ["surface", "view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
DELIVERIES = Counter("hospital_event_deliveries_total", "Deliveries of events", ["outcome"])
UNREADABLE = Counter("hospital_unreadable_total", "Pages that met encrypted data they could not open", ["kind"])
REFUSALS = Counter("hospital_domain_errors_total", "Acts refused by a rule", ["code"])


def count_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count one answer by surface and view name: no path, no id."""
    match = getattr(request, "resolver_match", None)
    view = match.view_name if match and match.view_name else "-"
    surface = getattr(request, "surface", "-")
    REQUESTS.labels(surface, view, request.method, response.status_code).inc()
    SECONDS.labels(surface, view).observe(seconds)


def answer(request: HttpRequest) -> HttpResponse:
    """Answer ``/metrics`` to whoever brings METRICS_TOKEN as a bearer; to anyone else it does not exist."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseNotFound("Not found", content_type="text/plain")
    return ExportToDjangoView(request)  # all processes together where they share PROMETHEUS_MULTIPROC_DIR
