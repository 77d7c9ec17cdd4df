"""What stops a start, told in one line."""


class UpError(Exception):
    """Jobyard cannot start, and the message says what to do. It is shown without a traceback."""
