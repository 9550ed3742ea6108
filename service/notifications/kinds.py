"""What people are told of. Each kind can be chosen for a channel and declined by a person."""

from service.errors import _

ASSIGNED = "assigned"
DUE_SOON = "due-soon"
OVERDUE = "overdue"
ESCALATED = "escalated"
STALLED = "stalled"
URGED = "urged"
SENT_BACK = "sent-back"
COPIED = "copied"
COMMENTED = "commented"
TRIAL = "trial"

KINDS = {
    ASSIGNED: _("Work given to me"),
    DUE_SOON: _("Work that is due soon"),
    OVERDUE: _("Overdue work"),
    ESCALATED: _("Overdue work of my units"),
    STALLED: _("Standstill in my units"),
    URGED: _("Urging"),
    SENT_BACK: _("Work sent back"),
    COPIED: _("Copies for me"),
    COMMENTED: _("Comments"),
    TRIAL: _("Trial messages"),
}
"""Ids and their titles."""
