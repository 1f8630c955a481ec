from django.urls import path

from accounts.views import sessions

app_name = "sessions"
urlpatterns = [
    path("", sessions.session_list, name="session-list"),
    path("end-others/", sessions.session_end_others, name="session-end-others"),
    path("<uuid:pk>/end/", sessions.session_end, name="session-end"),
]
