"""Measures the real web server: pages of signed-in people beside a bare view of the same server settings and run."""
