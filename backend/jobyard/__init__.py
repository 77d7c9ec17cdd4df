"""Jobyard: the job queue your users can log in to."""

__version__ = "0.1.0"
