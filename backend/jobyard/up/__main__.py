"""`python -m jobyard.up`: see command.py."""

import sys

from jobyard.up.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
