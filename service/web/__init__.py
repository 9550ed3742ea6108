"""The pages that people work with: server-rendered, with an island of script where a form or a diagram needs one.

They translate, they never decide: who may see or do what is asked of `identity.access` and `workflow` (DESIGN §2).
"""

import flask

from service.web import (
    account,
    assets,
    board,
    charts,
    definitions,
    handling,
    inbox,
    instances,
    interventions,
    notices,
    notifications,
    objections,
    papers,
    problems,
    publicity,
    reading,
    review,
    roster,
    rostersheets,
    search,
    second_factor,
    shield,
    starting,
    tasks,
    words,
)

NOUNS = (
    account,
    second_factor,
    inbox,
    tasks,
    handling,
    roster,
    rostersheets,
    search,
    review,
    definitions,
    starting,
    board,
    instances,
    interventions,
    notices,
    publicity,
    objections,
    papers,
    notifications,
    charts,
)


def init_app(app: flask.Flask) -> None:
    """Add the pages, their files, their defences and their words."""
    app.url_map.converters["int"] = reading.KeyConverter
    shield.init_app(app)
    assets.init_app(app)
    words.init_app(app)
    problems.init_app(app)
    notifications.init_app(app)
    charts.init_app(app)
    for noun in NOUNS:
        app.register_blueprint(noun.pages)
