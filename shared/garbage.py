"""How often Python looks for cycles to free: seldom, since what the line makes is freed without it."""

import gc

# At the 700 of Python itself, looking takes a tenth of the CPU that filing releases uses.
_NEW_OBJECTS = 10_000


def collect_seldom() -> None:
    """Let this process look for garbage after 10,000 new objects: some megabytes, where all of them are."""
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
