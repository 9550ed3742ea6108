"""The kinds of standing still, one module each: what of everything that waits is there for this reason."""
