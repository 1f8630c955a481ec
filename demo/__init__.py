"""The demonstration: two hospitals with plainly fictional people, at eleven on a working day.

Installed in development and in tests only; production settings leave it out, and a deploy check refuses to start where
its people are found.
"""
