"""`python -m service.cli`."""

from service import cli

cli.main()
