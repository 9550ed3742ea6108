"""What service tasks of the diagrams do with the register; each function is one task type."""

from service.register.handlers import adjustment, candidacies, lists, records, runs, samples

__all__ = ["adjustment", "candidacies", "lists", "records", "runs", "samples"]
