"""Transports: each translates a kind of request for the service, and the response back, and decides nothing."""
