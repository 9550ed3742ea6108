"""Tree B (DOMAIN §8.3): the anonymous 某市 and 某县 with 38 townships and 278 villages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service import db
from service.identity import units
from service.identity.models import Unit

ROOT = "500200"
COUNTY = "500299"
NAMES = (
    "东河 西河 南坪 北坪 石桥 龙潭 青山 白沙 大湾 小河 高峰 太和 永兴 双江 金竹 松林 杉树 茶园 柏杨 云台 "
    "凤来 长滩 铜鼓 盐井 马鞍 黄泥 清溪 桃园 梅子 荷塘 官渡 古城 新场 罗坝 红岩 朝阳 安乐 沙坪"
).split()
TOWNS = 16
"""So many of the first are 镇, the others 乡."""
LARGE = 12
"""So many of the first have 8 villages, the others 7."""
RATIO = "0.20"
"""Of the base, how many persons exit in a year."""
NUMERALS = "一二三四五六七八"


@dataclass(frozen=True)
class Township:
    """A township with its base of registered persons Ti = 1200 + (137·i mod 900)."""

    no: int
    code: str
    name: str
    base_persons: int
    villages: tuple[tuple[str, str], ...]
    """Code and name of each."""


def _township(no: int, name: str) -> Township:
    code = f"T{no:02d}"
    full = name + ("镇" if no <= TOWNS else "乡")
    villages = tuple((f"{code}V{i}", f"{full}第{NUMERALS[i - 1]}村") for i in range(1, (8 if no <= LARGE else 7) + 1))
    return Township(no, code, full, 1200 + 137 * no % 900, villages)


TOWNSHIPS = tuple(_township(no, name) for no, name in enumerate(NAMES, 1))
ONE_TOWNSHIP = TOWNSHIPS[:1]
SMALL = tuple(
    replace(township, base_persons=persons, villages=township.villages[:villages])
    for township, persons, villages in zip(TOWNSHIPS, (120, 95, 88), (3, 2, 2), strict=False)
)
"""A county of three small townships, for what need not be large."""


def plant(townships: Sequence[Township] = TOWNSHIPS) -> Unit:
    """Write the units and return the root. Idempotent."""
    if units.exists(ROOT):
        return units.find(ROOT)
    with db.transaction():
        city = units.add(ROOT, "某市", "city")
        county = units.add(COUNTY, "某县", "county", city)
        units.add(f"{COUNTY}-office", "某县扶贫办", "county_office", county)
        units.add(f"{COUNTY}-departments", "某县直部门", "county_department", county)
        for township in townships:
            unit = units.add(township.code, township.name, "township", county)
            for code, name in township.villages:
                units.add(code, name, "village", unit)
        return city
