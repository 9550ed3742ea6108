"""What people write into the cells of a roster, and how its values read."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from service.register.columns import Column

YESNO = Column("visited", "已入户", "choice", ((True, "是"), (False, "否")))
GRADE = Column("grade", "等级", "choice", (("01", "一档"), ("02", "二档"), (Decimal(3), "三档")))
NUMBER = Column("income", "收入", "number")
DAY = Column("on", "日期", "datetime")
CHECK = Column("signed", "已签字", "checkbox")
TEXT = Column("note", "说明", "textarea")


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        (GRADE, "一档", "01"),
        (GRADE, " 02 ", "02"),
        (GRADE, "四档", "四档"),
        (GRADE, "", None),
        (GRADE, Decimal(3), Decimal(3)),
        (YESNO, "是", True),
        (YESNO, "×", False),
        (YESNO, "也许", "也许"),
        (YESNO, "", None),
        (NUMBER, "1,234.50", Decimal("1234.50")),
        (NUMBER, "１２", Decimal(12)),
        (NUMBER, "十二", "十二"),
        (NUMBER, "nan", "nan"),
        (NUMBER, "1e999999", "1e999999"),
        (NUMBER, 2.5, Decimal("2.5")),
        (NUMBER, "", None),
        (DAY, "2026-7-1", "2026-07-01"),
        (DAY, "2026/07/01", "2026-07-01"),
        (DAY, "2026年7月1日", "2026-07-01"),
        (DAY, "20260701", "2026-07-01"),
        (DAY, "2026.7.1 00:00:00", "2026-07-01"),
        (DAY, "2026-02-30", "2026-02-30"),
        (DAY, "明天", "明天"),
        (DAY, datetime(2026, 7, 1), "2026-07-01"),  # noqa: DTZ001 - as a spreadsheet has it
        (DAY, date(2026, 7, 1), "2026-07-01"),
        (CHECK, "√", True),
        (CHECK, "", False),
        (TEXT, " 两次上门\n均无人 ", "两次上门\n均无人"),
        (TEXT, 5.0, "5"),
        (TEXT, None, None),
    ],
)
def test_a_cell_is_read_as_people_write_it(column, written, read):
    found = column.read(written)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (GRADE, "01", "一档"),
        (GRADE, None, ""),
        (YESNO, False, "否"),
        (NUMBER, Decimal("1500.00"), "1500"),
        (DAY, date(2026, 7, 1), "2026-07-01"),
        (GRADE, ["01", "02"], "一档、二档"),
        (CHECK, True, "是"),
    ],
)
def test_a_value_reads_as_people_would_write_it(column, value, text):
    assert column.show(value) == text
    if not isinstance(value, list):
        assert column.show(column.read(text)) == text


def test_true_is_not_taken_for_one():
    assert Column("n", "n", "choice", ((Decimal(1), "一"),)).show(True) == "是"
