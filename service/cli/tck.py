"""`lika tck`: run test files of the DMN Technology Compatibility Kit."""

from pathlib import Path

import click

from service import errors
from service.engine.decisions import tck
from service.errors import _


@click.command(
    "tck",
    help=_(
        "Run every test file of the DMN Technology Compatibility Kit below a folder and print how many passed, failed "
        "and were skipped, and why; the exit code is 1 if one fails. Skipped is only what needs external Java or PMML."
    ),
)
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help=_("Print the numbers without the reasons."))
def command(directory: Path, quiet: bool) -> None:
    """Run every test file below DIRECTORY against the decision engine; exit code 1 if a test fails.

    Prints how many passed, failed and were skipped in each folder, and why. Skipped is only what needs an external
    Java or PMML function.
    """
    results = tck.run(directory)
    if not results:
        raise errors.NotFound(_("There is no test file of the kit below %(folder)s."), folder=directory)
    click.echo(tck.report(results, verbose=not quiet))
    if any(folder.failures for folder in results):
        click.get_current_context().exit(1)
