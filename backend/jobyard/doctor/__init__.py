"""Looks for what will make trouble, in the settings and in PostgreSQL. It changes nothing. One subject a file."""
