"""Runs test files of the DMN Technology Compatibility Kit against this engine."""

from service.engine.decisions.tck.results import CaseResult, FolderResult, Status, report
from service.engine.decisions.tck.runner import run, run_folder

__all__ = ["CaseResult", "FolderResult", "Status", "report", "run", "run_folder"]
