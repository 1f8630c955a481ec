from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import open_to_staff
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from notifications.queries import visible_notices
from notifications.services import acknowledge_notice, read_all_notices, read_notice


@open_to_staff
def notice_list(request):
    page = paginate(request, visible_notices(request.user))
    return render_page(request, "notifications/notice/list.html", {"page": page}, fragment="rows")


@open_to_staff
@require_POST
@exactly_once
def notice_open(request, pk):
    notice = read_notice(notice=get_object_or_404(visible_notices(request.user), pk=pk), by=request.user)
    return redirect(notice.url or "notifications:notice-list")


@open_to_staff
@require_POST
@exactly_once
def notice_read_all(request):
    read_all_notices(by=request.user)
    return redirect("notifications:notice-list")


@open_to_staff
@require_POST
@exactly_once
def notice_acknowledge(request, pk):
    notice = get_object_or_404(visible_notices(request.user), pk=pk)
    acknowledge_notice(notice=notice, by=request.user)
    messages.success(request, _("Acknowledged."))
    return redirect("notifications:notice-list")
