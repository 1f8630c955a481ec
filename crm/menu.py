"""Declared when the room is started."""
