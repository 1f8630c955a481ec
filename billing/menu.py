"""Entries of this room in the portal's menu."""
