"""Small processes that come to stand still in one way each."""

from tests.engine.bpmn import xml

MESSAGES = "".join(
    f'<bpmn:message id="M_{name}" name="{name}"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=&quot;k&quot;"/></bpmn:extensionElements></bpmn:message>'
    for name in ("reply", "figure")
)


def properties(**values: str) -> str:
    """Zeebe properties."""
    inner = "".join(f'<zeebe:property name="{n}" value="{v.replace(chr(34), "&quot;")}"/>' for n, v in values.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>" if inner else ""


def extensions(inner: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def task(id: str = "file", role: str = "township_clerk", due: str = "", **more: str) -> str:
    """A user task of a role."""
    schedule = f'<zeebe:taskSchedule dueDate="{due}"/>' if due else ""
    assigned = f'<zeebe:assignmentDefinition candidateGroups="{role}"/>'
    inner = extensions(f"<zeebe:userTask/>{assigned}{schedule}{properties(**more)}")
    return f'<bpmn:userTask id="{id}" name="归档 {id}">{inner}</bpmn:userTask>'


def catch(id: str = "wait", message: str = "reply", **more: str) -> str:
    """An event that waits for a message."""
    inner = extensions(properties(**more)) if more else ""
    event = f'<bpmn:messageEventDefinition id="d_{id}" messageRef="M_{message}"/>'
    return f'<bpmn:intermediateCatchEvent id="{id}" name="回复已到">{inner}{event}</bpmn:intermediateCatchEvent>'


def throw(id: str = "send", message: str = "reply") -> str:
    """An event that sends a message."""
    job = extensions('<zeebe:taskDefinition type="message-publish"/>')
    event = f'<bpmn:messageEventDefinition id="d_{id}" messageRef="M_{message}"/>'
    return f'<bpmn:intermediateThrowEvent id="{id}" name="已回复">{job}{event}</bpmn:intermediateThrowEvent>'


def pause(id: str = "pause", duration: str = "P7D") -> str:
    """An event that waits for a time."""
    return (
        f'<bpmn:intermediateCatchEvent id="{id}" name="期满"><bpmn:timerEventDefinition id="d_{id}">'
        f"<bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )


def call(id: str = "call", process: str = "child", **more: str) -> str:
    """A call activity."""
    inner = f'<zeebe:calledElement processId="{process}" propagateAllChildVariables="false"/>{properties(**more)}'
    return f'<bpmn:callActivity id="{id}" name="下级办理">{extensions(inner)}</bpmn:callActivity>'


def service(id: str = "job", type_: str = "print", **more: str) -> str:
    """A service task of an external worker."""
    inner = f'<zeebe:taskDefinition type="{type_}"/>{properties(**more)}'
    return f'<bpmn:serviceTask id="{id}" name="打印">{extensions(inner)}</bpmn:serviceTask>'


def process(id: str, *nodes: str, flows: str = "") -> bytes:
    """A process of nodes, one after the other unless `flows` says otherwise."""
    ids = [node.split('id="', 1)[1].split('"', 1)[0] for node in nodes]
    path = flows or "flow: " + " -> ".join(["s", *ids, "e"])
    body = f'<bpmn:startEvent id="s"/>{"".join(nodes)}<bpmn:endEvent id="e"/>\n{path}\n'
    return xml(body, process_id=id, shared=MESSAGES)
