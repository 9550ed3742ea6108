"""Public notices, objections and their certificates."""
