from datetime import datetime
from decimal import Decimal

import pytest

from service import clock
from tests.register import world as worlds


def local(day, hour=9, minute=0):
    """A time of a day in July 2014 at the place."""
    return datetime(2014, 7, day, hour, minute, tzinfo=clock.TZ)


class Board(worlds.World):
    """A county with a list of households in the upper village and what is needed to publish it."""

    def __init__(self):
        super().__init__(deployed=True)
        self.known = {
            "subject": "贫困户初选名单",
            "mode": "公示",
            "round": "第一轮",
            "issuer": "上村村民委员会",
            "days": Decimal(7),
            "sites": ["村务公开栏", "上寨屯"],
        }
        self.codes = [self.household(self.upper, persons=size).code for size in (2, 3, 4)]
        self.do("cases-open", self.township, {"state": "拟纳入"})

    def step(self, job, headers=None, **variables):
        """One service task of the upper village; what it returns is known to the next."""
        self.known |= variables
        given = self.do(job, self.upper, headers, **self.known)
        self.known |= given
        return given

    def draft(self, **headers):
        """Draft the notice on all that is on the list."""
        return self.step("notice-draft", {"where": '=case.state = "拟纳入"', **headers})["notice"]

    def post(self, *days):
        """Issue the notice and post it at each site on a day of July."""
        self.step("notice-issue")
        sites = zip(self.known["sites"], days, strict=True)
        return self.step("notice-period", postings=[{"site": site, "posted_at": local(day)} for site, day in sites])

    def object(self, household, kind="不应纳入", filed_at=None, **more):
        """File an objection and return it."""
        filed = {"household": household, "type": kind, "facts": "有小汽车", "channel": "来访", **more}
        headers = {"days": "5", "filed": "=filed_at"}
        return self.step("objection-register", headers, objection=filed, filed_at=filed_at)["objection"]

    def decide(self, objection, decision, headers=None, **more):
        """Decide an objection and answer it."""
        two = [{"name": "石清", "no_kinship": True}, {"name": "梁山", "no_kinship": True}]
        given = {"investigators": two, "findings": "属实", "correction": "", "decided_by": "村委会", **more}
        headers = {"decision": "objection_effect"} | (headers or {})
        done = self.step("objection-decide", headers, objection=objection, decision=decision, **given)
        self.step("objection-reply", objection=done["objection"], reply="已核查，答复如上")
        return done


@pytest.fixture
def board(app, at):
    """The board on 2014-07-19."""
    at("2014-07-19T09:00+08:00")
    return Board()
