from django.urls import path

from queueing.views import display

app_name = "display"
urlpatterns = [
    path("", display.welcome, name="welcome"),
    path("display/<str:key>/", display.display_screen, name="screen"),
    path("display/<str:key>/board/", display.display_board, name="board"),
]
