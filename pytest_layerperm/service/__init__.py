"""One in-memory Lambda layer API: its callers, call log, faults and virtual time around the rules."""
