"""The console's screens of plans, role templates and demo requests."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import ROLES, declared, requires
from accounts.stepup import requires_step_up
from core.clock import now
from core.once import exactly_once
from core.paging import paginate
from hospitals.forms import PlanForm
from hospitals.models import DemoRequest, Plan, RoleTemplate


@requires("hospital:view")
def plan_list(request: HttpRequest) -> HttpResponse:
    return render(request, "hospitals/console/plans.html", {"plans": Plan.objects.all()})


@requires("plan:edit")
@exactly_once
def plan_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    form = PlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("console:plan-list")
    context = {"form": form, "plan": plan}
    return render(request, "hospitals/console/plan_form.html", context, status=422 if form.is_bound else 200)


@requires("role_template:edit")
def role_template_list(request: HttpRequest) -> HttpResponse:
    return redirect("console:role-template-edit", "doctor")


@requires("role_template:edit")
@requires_step_up
@exactly_once
def role_template_edit(request: HttpRequest, code: str) -> HttpResponse:
    template = get_object_or_404(RoleTemplate, code=code)
    known = {key: one for key, one in declared().items() if one.roles & ROLES.keys()}
    if request.method == "POST":
        template.permissions = sorted(set(request.POST.getlist("permissions")) & known.keys())
        template.save(update_fields=["permissions", "updated_at"])
        return redirect("console:role-template-edit", code)
    context = {
        "template": template,
        "templates": RoleTemplate.objects.all(),
        "permissions": sorted(known.values(), key=lambda one: one.code),
    }
    return render(request, "hospitals/console/role_template.html", context)


@requires("demo_request:handle")
def demo_request_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, DemoRequest.objects.order_by("handled_at", "-created_at"))
    return render(request, "hospitals/console/demo_requests.html", {"page": page})


@requires("demo_request:handle")
@require_POST
@exactly_once
def demo_request_handle(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = get_object_or_404(DemoRequest, pk=pk, handled_at__isnull=True)
    asked.handled_at, asked.handled_by = now(), str(request.user)
    asked.save(update_fields=["handled_at", "handled_by", "updated_at"])
    return redirect("console:demo-request-list")
