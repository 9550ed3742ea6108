"""Decision tables as the instance's release has them, evaluated for one case or for a list."""

from collections.abc import Mapping
from typing import Any

from service import db
from service.register import scope as scopes
from service.workflow import models as workflow
from service.workflow import releases


def evaluate(scope: scopes.Scope, decision_id: str, inputs: Mapping[str, Any]) -> Any:
    """The decision's result for ``inputs``; the variables in scope are known to it as well."""
    instance = db.sa.session.get_one(workflow.ProcessInstance, scope.instance_key)
    return releases.get(instance.deployment_key).decide(decision_id, {**scope.variables, **inputs})
