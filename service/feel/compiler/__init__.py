"""Nodes to closures. Every node becomes a function of one frame that gives its value and never raises.

A frame is a list: the context, the runtime, then the slots of local variables (parameters, loop variables, entries
of contexts, filter items). Names are bound to slots here, once; what the context holds is looked up when it runs.
"""

from service.feel.compiler import calls, collections, control, membership, names, operations, type_names

__all__ = ["calls", "collections", "control", "membership", "names", "operations", "type_names"]
