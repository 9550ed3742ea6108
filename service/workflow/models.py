"""The rows of the durable shell. Keys are the 53-bit integers that the API shows as strings; instants are UTC."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.db.values import TypedJSON
from service.privacy import vault

Key = BigInteger
Instant = db.sa.DateTime(timezone=True)
AT_ONCE: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
"""A GIN index that takes a row in when it is written; else each search would read through a list of waiting rows."""
COUNTED = ["key", "due", "root_key", "instance_key", "definition_key", "process_id", "element_id"]
"""What the board counts open tasks by: the numbers of a county are read from the index alone."""


class Deployment(db.Model):
    """A release: everything that was current after somebody deployed files together."""

    __tablename__ = "deployments"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    deployed_at: Mapped[datetime] = mapped_column(Instant)
    deployed_by: Mapped[str] = mapped_column(Text)


class Resource(db.Model):
    """A deployed file."""

    __tablename__ = "resources"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key"))
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(db.sa.LargeBinary)

    __table_args__ = (Index("ix_resources_deployment", "deployment_key"),)


class Definition(db.Model):
    """A version of a process, decision or form (`kind`). A new version is made only when the content changed."""

    __tablename__ = "definitions"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    id: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    version_tag: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (UniqueConstraint("kind", "id", "version"),)


class Content(db.Model):
    """Which version of each definition belongs to a release."""

    __tablename__ = "deployment_contents"

    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key"))


class ProcessInstance(db.Model):
    """A running or ended instance. Its row is what every command locks; `revision` names its stored state."""

    __tablename__ = "process_instances"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(Text)
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key"))
    root_key: Mapped[int] = mapped_column(Key)
    parent_key: Mapped[int | None] = mapped_column(Key)
    parent_element_key: Mapped[int | None] = mapped_column(Key)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    state: Mapped[str] = mapped_column(Text, default="ACTIVE")
    suspended: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    started: Mapped[bool] = mapped_column(default=True)
    start_event: Mapped[str | None] = mapped_column(Text)
    correlation_key: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Key, default=0)
    start_date: Mapped[datetime] = mapped_column(Instant)
    end_date: Mapped[datetime | None] = mapped_column(Instant)
    progress_at: Mapped[datetime] = mapped_column(Instant)
    end_events: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    started_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_process_instances_parent", "parent_key", postgresql_where=text("parent_key is not null")),
        Index("ix_process_instances_root", "root_key"),
        Index("ix_process_instances_process", "process_id", "state"),
        Index("ix_process_instances_unit", "unit_id", "start_date", "key"),
        Index("ix_process_instances_newest", "start_date", "key"),
        Index("ix_process_instances_suspended", "key", postgresql_where=text("suspended")),
        Index("ix_process_instances_begun", "started_by", "start_date", postgresql_where=text("parent_key is null")),
    )


class ElementInstance(db.Model):
    """One stay of a token in an element. `token` is the live token's data, null once it has moved on.

    A join that still waits for other flows has a token but no `start_date` yet.
    """

    __tablename__ = "element_instances"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"))
    scope_key: Mapped[int | None] = mapped_column(Key)
    spec: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    start_date: Mapped[datetime | None] = mapped_column(Instant)
    end_date: Mapped[datetime | None] = mapped_column(Instant)
    token: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        Index("ix_element_instances_live", "instance_key", postgresql_where=text("token is not null")),
        Index("ix_element_instances_instance", "instance_key", "element_id"),
    )


class Variable(db.Model):
    """A variable in the scope of an element or process instance; `inherited` from the caller and not changed since."""

    __tablename__ = "variables"

    scope_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[int] = mapped_column(Key, unique=True)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"))
    value: Mapped[Any] = mapped_column(TypedJSON, nullable=True)
    inherited: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_variables_instance", "instance_key", "name"),)


class FlowTaken(db.Model):
    """How often an instance passed a sequence flow."""

    __tablename__ = "sequence_flows"

    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"), primary_key=True)
    flow_id: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]


class UserTask(db.Model):
    """A task for people; its key is that of the element instance.

    `name` is the element's, `title` what people read: the same, unless the diagram tells tasks of one name apart.
    `candidates` are "role@unit id" and "user:name" texts: who may see, claim and complete it while nobody is assigned.
    `owner` gave it to a colleague and gets it back for confirming; `copied_to` are people who may read it; `origin_key`
    is the completed task that this one repeats because it was sent back.
    """

    __tablename__ = "user_tasks"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"))
    root_key: Mapped[int] = mapped_column(Key)
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key"))
    process_id: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="CREATED")
    assignee: Mapped[str | None] = mapped_column(Text)
    candidates: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    candidate_groups: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    candidate_users: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    form_key: Mapped[int | None] = mapped_column(ForeignKey("definitions.key"))
    external_form: Mapped[str | None] = mapped_column(Text)
    due: Mapped[datetime | None] = mapped_column(Instant)
    follow_up: Mapped[datetime | None] = mapped_column(Instant)
    priority: Mapped[int] = mapped_column(default=50)
    properties: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(Text)
    copied_to: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    origin_key: Mapped[int | None] = mapped_column(Key)

    __table_args__ = (
        Index("ix_user_tasks_copied", "copied_to", **AT_ONCE, postgresql_where=text("copied_to <> '{}'")),
        Index("ix_user_tasks_instance", "instance_key"),
        Index("ix_user_tasks_candidates", "candidates", **AT_ONCE, postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_tasks_all_candidates", "candidates", **AT_ONCE),
        Index("ix_user_tasks_assignee", "assignee", postgresql_where=text("assignee is not null")),
        Index(
            "ix_user_tasks_unit",
            "unit_id",
            "created_at",
            postgresql_include=COUNTED,
            postgresql_where=text("state = 'CREATED'"),
        ),
        Index("ix_user_tasks_open", "created_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_tasks_due", "due", postgresql_where=text("state = 'CREATED' and due is not null")),
        Index("ix_user_tasks_urgency", "due", "created_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_tasks_done", "completed_by", "completed_at", postgresql_where=text("completed_by is not null")),
        Index("ix_user_tasks_root", "root_key"),
    )


class Draft(db.Model):
    """What somebody has typed into a task and not sent yet, as the browser had it: it need not be valid."""

    __tablename__ = "drafts"

    task_key: Mapped[int] = mapped_column(ForeignKey("user_tasks.key"), primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(db.sa.LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def answers(self) -> dict[str, Any]:
        """What was typed. It may hold any number, so it is kept encrypted."""
        found: dict[str, Any] = json.loads(vault.current().open(self.sealed))
        return found


class Attachment(db.Model):
    """A file given with a task's answers; `id` is what the answers call it, `digest` the SHA-256 of its content."""

    __tablename__ = "attachments"

    task_key: Mapped[int] = mapped_column(ForeignKey("user_tasks.key"), primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(db.sa.LargeBinary)
    person: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_attachments_digest", "digest"),)


class Blob(db.Model):
    """The content of attachments, each once, by its SHA-256."""

    __tablename__ = "blobs"

    digest: Mapped[bytes] = mapped_column(db.sa.LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(db.sa.LargeBinary)


class Job(db.Model):
    """Work for an external worker; its key is that of the element instance."""

    __tablename__ = "workflow_jobs"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"))
    definition_key: Mapped[int] = mapped_column(ForeignKey("definitions.key"))
    process_id: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="BPMN_ELEMENT")
    state: Mapped[str] = mapped_column(Text, default="CREATED")
    retries: Mapped[int]
    worker: Mapped[str] = mapped_column(Text, default="")
    deadline: Mapped[datetime | None] = mapped_column(Instant)
    visible_at: Mapped[datetime] = mapped_column(Instant)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_workflow_jobs_open", "type", "visible_at", postgresql_where=text("ended_at is null and retries > 0")),
        Index("ix_workflow_jobs_instance", "instance_key"),
    )


class Timer(db.Model):
    """A timer that is due at an instant. Without an instance it is the start timer of a process definition."""

    __tablename__ = "timers"

    owner_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    element_id: Mapped[str] = mapped_column(Text, primary_key=True)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    repeats: Mapped[int | None]
    cycle: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_timers_due", "due_at"), Index("ix_timers_instance", "instance_key"))


class MessageSubscription(db.Model):
    """Who waits for a message. Without an instance it is the message start event of a process."""

    __tablename__ = "message_subscriptions"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    owner_key: Mapped[int] = mapped_column(Key)
    element_id: Mapped[str] = mapped_column(Text)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key"))
    process_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    correlation_key: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("owner_key", "element_id"),
        Index("ix_message_subscriptions_name", "name", "correlation_key"),
        Index("ix_message_subscriptions_instance", "instance_key"),
    )


class Message(db.Model):
    """A published message; a `buffered` one is kept until `expires_at` for a process that waits later.

    Who sent it (`sender`, a user name) counts as the starter of the process that it starts.
    """

    __tablename__ = "messages"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    correlation_key: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str | None] = mapped_column(Text)
    variables: Mapped[Any] = mapped_column(TypedJSON, default=dict)
    sender: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    buffered: Mapped[bool]

    __table_args__ = (
        Index("ix_messages_name", "name", "correlation_key", "expires_at"),
        Index(
            "ux_messages_id",
            "name",
            "correlation_key",
            "message_id",
            unique=True,
            postgresql_where=text("message_id is not null"),
        ),
        Index("ix_messages_expiry", "expires_at"),
    )


class Correlation(db.Model):
    """A message reached a process: each process gets a message once."""

    __tablename__ = "message_correlations"

    message_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_id: Mapped[str] = mapped_column(Text, primary_key=True)
    instance_key: Mapped[int] = mapped_column(Key)
    correlated_at: Mapped[datetime] = mapped_column(Instant)


class SignalSubscription(db.Model):
    """Who waits for a signal. Without an instance it is the signal start event of a process."""

    __tablename__ = "signal_subscriptions"

    owner_key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    element_id: Mapped[str] = mapped_column(Text, primary_key=True)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key"))
    process_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, index=True)


class Incident(db.Model):
    """Something that stopped and waits for help."""

    __tablename__ = "incidents"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instances.key"))
    element_key: Mapped[int] = mapped_column(Key)
    element_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    job_key: Mapped[int | None] = mapped_column(Key)
    state: Mapped[str] = mapped_column(Text, default="ACTIVE")
    created_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_incidents_instance", "instance_key"),
        Index("ix_incidents_active", "instance_key", "element_key", postgresql_where=text("state = 'ACTIVE'")),
    )


class AuditLog(db.Model):
    """Who did what to what, when and why, with the values before and after."""

    __tablename__ = "audit_logs"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(Text)
    operation: Mapped[str] = mapped_column(Text)
    entity_type: Mapped[str] = mapped_column(Text)
    entity_key: Mapped[int | None] = mapped_column(Key)
    instance_key: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (Index("ix_audit_logs_instance", "instance_key"), Index("ix_audit_logs_entity", "entity_key"))


class IdempotencyKey(db.Model):
    """A request that was answered once and is answered the same again."""

    __tablename__ = "idempotency_keys"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
