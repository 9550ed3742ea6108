"""Papers to print: statements on publicity, objections with their answers."""

from typing import Any

from service import errors
from service.errors import _
from service.notices import certificates, publicity
from service.web import objections, printing
from service.web.pages import Pages, person

pages = Pages("papers")


@pages.get("/papers/certificates/<int:key>")
def certificate(key: int) -> Any:
    """Print the statement on a finished publicity (公示情况说明), by the notice's key."""
    notice = publicity.get(key, by=person())
    made = certificates.of(notice)
    if made is None:
        raise errors.NotFound(_("There is no statement on this publicity yet."))
    return printing.render("certificate.html", notice=notice, content=made.content, made_at=made.made_at)


@pages.get("/papers/objections/<int:key>")
def objection(key: int) -> Any:
    """Print the registration form and, once it is decided, the answer of an objection (异议登记表, 答复书)."""
    found, notice = objections.find(key, by=person())
    return printing.render("objection.html", notice=notice, **objections.about(found, person()))
