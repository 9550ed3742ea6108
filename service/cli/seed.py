"""`lika seed`: data for demonstrations."""

import click

from service import bootstrap
from service.cli._context import in_app
from service.db import schema


@click.command("seed")
@click.argument("tree", type=click.Choice(sorted(bootstrap.TREES)), default="tree-a")
@in_app
def command(tree: str) -> None:
    """Write the units of a tree and a person for each office; what is there stays. Tree A is the default."""
    schema.upgrade()
    posts = bootstrap.seed(tree)
    click.echo(f"{len(posts)} people, all with the password {bootstrap.DEMO_PASSWORD}; for example:")
    for post in bootstrap.examples(posts):
        click.echo(f"  {post.username}")
