"""`python -m jobyard`: see cli.py."""

import sys

from jobyard.cli import main

if __name__ == "__main__":
    sys.exit(main())
