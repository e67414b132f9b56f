"""Ways in: each translates a client's request, calls the one handler, translates the answer, and decides nothing."""
