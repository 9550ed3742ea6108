"""`lika user`: people are added whole or not at all."""

import pytest

from service import identity
from tests.cli.conftest import Lika

PASSWORD = "long enough 1"


@pytest.mark.parametrize("post", ["no_such_role@FX", "township_clerk@NOWHERE", "township_clerk"])
def test_somebody_whose_role_is_refused_is_not_added_and_can_be_added_rightly(lika: Lika, post: str) -> None:
    identity.units.add("FX", "枫溪乡", "township")
    refused = lika("user", "add", "mei", "--role", "township_reviewer@FX", "--role", post, "--password", PASSWORD)
    assert refused.returncode in {1, 2}
    assert not identity.people.exists("mei")
    assert lika("user", "add", "mei", "--role", "township_clerk@FX", "--password", PASSWORD).returncode == 0
    assert [held.role for held in identity.people.find("mei").memberships] == ["township_clerk"]


def test_somebody_gets_all_the_roles_of_a_command_or_none(lika: Lika) -> None:
    identity.units.add("FX", "枫溪乡", "township")
    identity.people.add("mei", "Mei", PASSWORD)
    assert lika("user", "join", "mei", "township_clerk@FX", "no_such_role@FX").returncode == 1
    assert identity.people.find("mei").memberships == ()


def test_each_command_says_what_it_did(lika: Lika) -> None:
    identity.units.add("FX", "枫溪乡", "township")
    added = lika("user", "add", "mei", "--password", PASSWORD)
    assert added.stdout == "mei is there, without a role.\n"
    joined = lika("user", "join", "mei", "township_clerk@FX", "township_head@FX")
    assert joined.stdout == "mei is there, with the roles: township_clerk@FX, township_head@FX\n"
    changed = lika("user", "passwd", "mei", "--password", PASSWORD)
    assert changed.stdout == "mei has a new password; the sessions with the old one have ended.\n"
