"""Explorations: a block of a test that is run again and again, once for each thing that can go wrong."""
