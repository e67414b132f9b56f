"""The tests in failing/ fail on purpose: they run only where they are asked for, as ``pytest examples/failing``."""

collect_ignore = ["failing"]
