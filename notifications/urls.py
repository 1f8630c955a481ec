from django.urls import path

from notifications.views import bell, notices

app_name = "notifications"
urlpatterns = [
    path("", notices.notice_list, name="notice-list"),
    path("bell/", bell.bell, name="bell"),
    path("read/", notices.notice_read_all, name="notice-read-all"),
    path("<uuid:pk>/open/", notices.notice_open, name="notice-open"),
    path("<uuid:pk>/acknowledge/", notices.notice_acknowledge, name="notice-acknowledge"),
]
