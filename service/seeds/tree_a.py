"""Tree A (DOMAIN §8.2): 自治区, 柳州市, 三江侗族自治县 and the invented 枫溪乡 with its eight villages."""

from dataclasses import dataclass

from service import db
from service.identity import units
from service.identity.models import Unit

ROOT = "450000"
COUNTY = "450226"
TOWNSHIP = "FX"
QUOTA = 2053
PLACES = 2
"""How many of the villages may be poor villages (DOMAIN §8.2)."""


@dataclass(frozen=True)
class Village:
    """A village with the figures of DOMAIN §8.2; money in yuan a year."""

    code: str
    slug: str
    name: str
    hamlets: tuple[str, ...]
    households: int
    persons: int
    reported_poor: int
    quota: int
    income: int
    collective: int


VILLAGES = (
    Village("FX01", "fengxicun", "枫溪村", ("街上屯", "上寨屯", "下寨屯", "河边屯"), 612, 2480, 232, 211, 5210, 12000),
    Village("FX02", "gaoba", "高岜村", ("岜上屯", "岜脚屯", "老寨屯"), 298, 1210, 402, 366, 3680, 0),
    Village("FX03", "guiping", "归坪村", ("大坪屯", "归洞屯", "新寨屯"), 341, 1395, 268, 244, 4520, 0),
    Village("FX04", "zhaifang", "寨芳村", ("芳上屯", "芳下屯", "岭背屯"), 276, 1080, 365, 332, 3890, 0),
    Village("FX05", "pinghe", "平禾村", ("禾田屯", "水口屯", "中寨屯"), 402, 1640, 214, 195, 4980, 3000),
    Village("FX06", "yantang", "雁塘村", ("塘边屯", "雁岭屯", "石板屯"), 358, 1455, 248, 226, 4310, 0),
    Village("FX07", "yanjiao", "岩脚村", ("岩口屯", "坡头屯"), 233, 920, 306, 278, 3540, 0),
    Village("FX08", "chapo", "茶坡村", ("茶山屯", "坳上屯", "龙井屯"), 387, 1570, 221, 201, 4760, 6000),
)

SLUGS = {
    ROOT: "guangxi",
    "450200": "liuzhou",
    COUNTY: "sanjiang",
    f"{COUNTY}-office": "sanjiang",
    f"{COUNTY}-departments": "sanjiang",
    TOWNSHIP: "fengxi",
    **{village.code: village.slug for village in VILLAGES},
    **{
        f"{village.code}-{no}": f"{village.slug}-{no}"
        for village in VILLAGES
        for no, _ in enumerate(village.hamlets, 1)
    },
}
"""What user names of a unit's people end with."""


def plant() -> Unit:
    """Write the units and return the root. Idempotent."""
    if units.exists(ROOT):
        return units.find(ROOT)
    with db.transaction():
        region = units.add(ROOT, "广西壮族自治区", "region")
        city = units.add("450200", "柳州市", "city", region)
        county = units.add(COUNTY, "三江侗族自治县", "county", city)
        units.add(f"{COUNTY}-office", "三江县扶贫办", "county_office", county)
        units.add(f"{COUNTY}-departments", "三江县直部门", "county_department", county)
        township = units.add(TOWNSHIP, "枫溪乡", "township", county)
        for village in VILLAGES:
            _plant_village(village, township)
        return region


def _plant_village(village: Village, township: Unit) -> None:
    unit = units.add(village.code, village.name, "village", township)
    for no, hamlet in enumerate(village.hamlets, 1):
        units.add(f"{village.code}-{no}", hamlet, "hamlet", unit)
