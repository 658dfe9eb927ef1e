"""What holds for all tests."""

import os

from hypothesis import settings

# How long an example takes says more about the machine than about the code, and the same examples
# every time make a failure one that comes back.
settings.register_profile("steady", deadline=None, derandomize=True)
# `nox -s fuzz` looks for new ones instead, and for long.
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
