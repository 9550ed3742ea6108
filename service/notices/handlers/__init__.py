"""What service tasks of the diagrams do with notices and objections; each function is one task type."""

from service.notices.handlers import notices, objections

__all__ = ["notices", "objections"]
