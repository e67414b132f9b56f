"""The facts, a module for each group of them."""
