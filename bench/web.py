"""The product's own web server with the bench's endpoints beside it: `python -m bench.web PORT`."""

import sys
from typing import Any

import service
from bench import naive, reference
from service.cli import web


class BenchWeb(web.Web):
    """`lika web`, one process, with endpoints to compare with."""

    def load(self) -> Any:
        """Make the application."""
        app = service.create_app()
        with app.app_context():
            for beside in (reference, naive):
                app.register_blueprint(beside.routes)
                beside.prepare()
        return app


if __name__ == "__main__":
    BenchWeb(**web.options("127.0.0.1", int(sys.argv[1]), workers=1, threads=8)).run()
