"""Addresses of the page's frame, part of every surface's URL map."""

from django.urls import path

from core import shell_views

urlpatterns = [
    path("set-theme/", shell_views.theme_set, name="theme-set"),
    path("menu-counts/", shell_views.menu_counts, name="menu-counts"),
    path("gallery/", shell_views.gallery, name="gallery"),
]
