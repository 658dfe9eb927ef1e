"""`python -m nn3doc.site.checks.mutation` measures anew and writes `mutation.json`."""

import sys

from nn3doc.site.checks.mutation import main

sys.exit(main())
