"""Collects, merges, checks and compiles the catalogues of locale/ without GNU gettext.

Only developers and the making of an image come here: Babel and polib are not needed at run time.
"""
