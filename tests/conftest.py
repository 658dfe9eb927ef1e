"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says more about the machine than about the code, and the same examples
# every time make a failure one that comes back.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
