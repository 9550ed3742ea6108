"""Public notices, objections and their certificates."""

from service.notices import handlers, models

__all__ = ["handlers", "models"]
