from django.urls import path

from queueing.views import displays, prints, queues

app_name = "queueing"
urlpatterns = [
    path("", queues.queue_list, name="queue-list"),
    path("<uuid:pk>/", queues.queue_detail, name="queue-detail"),
    path("<uuid:pk>/call-next/", queues.queue_call_next, name="queue-call-next"),
    path("room/", queues.room_choose, name="room-choose"),
    path("tickets/<uuid:pk>/", queues.ticket_detail, name="ticket-detail"),
    path("tickets/<uuid:pk>/call/", queues.ticket_call, name="ticket-call"),
    path("tickets/<uuid:pk>/recall/", queues.ticket_recall, name="ticket-recall"),
    path("tickets/<uuid:pk>/start/", queues.ticket_start, name="ticket-start"),
    path("tickets/<uuid:pk>/finish/", queues.ticket_finish, name="ticket-finish"),
    path("tickets/<uuid:pk>/skip/", queues.ticket_skip, name="ticket-skip"),
    path("tickets/<uuid:pk>/return/", queues.ticket_return, name="ticket-return"),
    path("tickets/<uuid:pk>/no-show/", queues.ticket_no_show, name="ticket-no-show"),
    path("tickets/<uuid:pk>/priority/", queues.ticket_prioritise, name="ticket-prioritise"),
    path("tickets/<uuid:pk>/transfer/", queues.ticket_transfer, name="ticket-transfer"),
    path("tickets/<uuid:pk>/cancel/", queues.ticket_cancel, name="ticket-cancel"),
    path("tickets/<uuid:pk>/slip/", prints.ticket_print, name="ticket-print"),
    path("displays/", displays.display_list, name="display-list"),
    path("displays/new/", displays.display_new, name="display-new"),
    path("displays/<uuid:pk>/revoke/", displays.display_revoke, name="display-revoke"),
]
