"""`python -m nn3doc` is the command `nn3doc`."""

import sys

from nn3doc.commands import main

if __name__ == "__main__":
    sys.exit(main())
