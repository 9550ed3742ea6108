"""`lika seed`: data for demonstrations."""

import click

from service import bootstrap, errors
from service.cli._context import in_app
from service.errors import _


@click.command(
    "seed",
    help=_(
        "Write the units of a tree, its households and a person for each office; what is there stays. tree-a is a "
        "county with one township of 8 villages, tree-b a county with 38 townships and 278 villages."
    ),
)
@click.argument("tree", type=click.Choice(sorted(bootstrap.TREES)), default="tree-a", metavar="[tree-a|tree-b]")
@in_app
def command(tree: str) -> None:
    """Write a tree."""
    bootstrap.make_tables()
    posts = bootstrap.seed(tree)
    text = _("%(count)s people, all with the password %(password)s; for example:")
    click.echo(errors.localize(text, count=len(posts), password=bootstrap.DEMO_PASSWORD))
    for post in bootstrap.examples(posts):
        click.echo(f"  {post.username}")
