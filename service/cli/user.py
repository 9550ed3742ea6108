"""`lika user`: people and their credentials."""

from datetime import timedelta

import click

from service import db, errors
from service.cli._context import in_made_app
from service.errors import _
from service.identity import credentials, people, second_factor, units


@click.group("user", help=_("Add people, give them roles, set passwords, make API tokens."))
def command() -> None:
    """Hold the commands on people."""


@command.command(help=_("Add a user. A role belongs to a unit: --role township_clerk@FX."))
@click.argument("username")
@click.option("--name", help=_("The person's name; default is the user name."))
@click.option("--role", "posts", metavar="ROLE@UNIT", multiple=True, help=_("A role in a unit (by code); repeatable."))
@click.password_option(help=_("Asked for if it is not given."))
@in_made_app
def add(username: str, name: str | None, posts: tuple[str, ...], password: str) -> None:
    """Add a user."""
    with db.transaction():
        people.add(username, name or username, password)
        _join(username, posts)
    _tell(username)


@command.command(help=_("Give a user roles in units (by code)."))
@click.argument("username")
@click.argument("posts", metavar="ROLE@UNIT...", nargs=-1, required=True)
@in_made_app
def join(username: str, posts: tuple[str, ...]) -> None:
    """Give a user roles in units (by code)."""
    with db.transaction():
        _join(username, posts)
    _tell(username)


@command.command(help=_("Set a user's password and end the user's sessions."))
@click.argument("username")
@click.password_option(help=_("Asked for if it is not given."))
@in_made_app
def passwd(username: str, password: str) -> None:
    """Set a user's password and end the user's sessions."""
    people.set_password(username, password)
    text = _("%(name)s has a new password; the sessions with the old one have ended.")
    click.echo(errors.localize(text, name=username))


@command.command("one-factor", help=_("Let a user who has lost the phone sign in with the password alone."))
@click.argument("username")
@in_made_app
def one_factor(username: str) -> None:
    """Let a user who has lost the phone sign in with the password alone."""
    people.find(username)
    second_factor.turn_off(username)
    click.echo(errors.localize(_("%(name)s signs in with the password alone now."), name=username))


@command.command(help=_("Make an API token for a user and print it, once."))
@click.argument("username")
@click.option("--label", default="lika user token", show_default=True, help=_("What the token is for."))
@click.option("--days", type=click.IntRange(min=1), help=_("Days until it expires; default is never."))
@in_made_app
def token(username: str, label: str, days: int | None) -> None:
    """Make an API token for a user and print it, once."""
    click.echo(credentials.create_token(username, label, lasting=timedelta(days=days) if days else None))


def _tell(username: str) -> None:
    """Say who somebody is now."""
    held = [f"{member.role}@{member.unit_code}" for member in people.find(username).memberships]
    text = _("%(name)s is there, with the roles: %(roles)s") if held else _("%(name)s is there, without a role.")
    click.echo(errors.localize(text, name=username, roles=", ".join(held)))


def _join(username: str, posts: tuple[str, ...]) -> None:
    for post in posts:
        role, at, code = post.partition("@")
        if not at:
            text = _("%(post)s is not of the form ROLE@UNIT, such as township_clerk@FX")
            raise click.BadParameter(errors.localize(text, post=post))
        people.join(username, role, units.find(code))
