"""What kind of body a name stands for, and at which level."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gouji.tables.places import Level, Named, Unit, name_place, stem_place

AgencyType = Literal[
    "government", "government_office", "department", "township", "vertical", "authorised_org"
]

_BODY = re.compile(
    r".*(?:人民政府|政府|办公厅|办公室|公厅|委员会|管委会|委|厅|局|办|署|处|部|院|所|站|队|馆|社|会|"
    r"团|校|行|台|中心|海关|公司|集团|大学|学院|学校|医院|街道|镇|乡|苏木|研究院|分局|办事处|公署|"
    r"监狱|银行|(?:开发|实验|示范|试验|高新|经开|园|景|保税|新)区)(?:[(][^()]*[)])?"
)
_TOWNSHIP = re.compile(
    r".*(?:(?:镇|乡|苏木)(?:人民政府|政府)?|街道(?:办事处|办|党工委|工委)?|地区办事处)"
    r"(?:(?:党政)?(?:综合)?办公室)?"
)
_VERTICAL = re.compile(
    r"^国家(?:税务|统计|金融监督管理|外汇管理|矿山安全监察|能源|移民管理|粮食和物资储备)(?:总)?局.+|"
    r"^中国(?:人民银行|银行保险|银保监会|证券监督|证监会|气象|地震).+|^财政部.+监管局|"
    r"^中华人民共和国.+(?:海关|海事局|边防检查站)|"
    r"税务局|海关(?:缉私局)?$|海事(?:局|处)$|气象局|调查(?:总)?队$|消防救援(?:总队|支队|大队|局)|"
    r"邮政管理局|烟草专卖局|通信管理局|出入境边防检查|(?:银保监|证监|金融监管|银监|保监)(?:分)?局|"
    r"监管分局$|铁路监督管理局|(?:民航|民用航空).*(?:管理局|监管局)|煤矿安全监察|能源监管办"
)
_OFFICE = re.compile(r".*(?:人民政府|政府)(?:办公厅|办公室|办)(?:[(]室[)])?")
_GOVERNMENT = re.compile(r".*(?:人民政府|政府|行政公署|(?:地区|盟)公署)")
_DEPARTMENT = re.compile(r".*(?:厅|局|委员会|委|办公室|办)(?:[(][^()]*[)])?")
_ORGANISATION = re.compile(r".*(?:公积金管理中心|社会保险事业(?:管理)?(?:局|中心))")
_COMMITTEE = re.compile(r".*(?:(?<!监督)管理委员会|管委会|党工委)")
_OF_STATE = re.compile(
    r"国务院.*|中华人民共和国[^省市县区州]*部|国家[^省市县区州]*(?:局|委员会|委|办公室|办|院)|海关总署|"
    r"(?:外交|国防|教育|科学?技术?|工业和信息化|公安|民政|司法|财政|人力资源和?社会保障|人力资源社会保障|"
    r"自然资源|生态环境|环境保护|国土资源|住房和?城乡建设|交通运输|水利|农业农村|农业|商务|文化和?旅游|文化|"
    r"退役军人事务|应急管理)部|审计署|中国(?:人民银行|气象局|地震局|民用航空局|"
    r"(?:证券|银行保险|银行业|保险)监督管理委员会)"
)
_PARENT = re.compile(
    r"^(?:国家(?:税务总局|统计局|金融监督管理总局|外汇管理局|矿山安全监察局|能源局)|财政部|"
    r"中国(?:人民银行|银行保险监督管理委员会|银保监会|证券监督管理委员会|证监会)|中华人民共和国|"
    r"中共)"
)
_SURVEY = re.compile(r"^国家统计局([\u4e00-\u9fff]{2,7}?)调查(总)?队$")
_BRANCH = re.compile(r"分局|直属")


@dataclass(frozen=True, slots=True)
class Body:
    """An agency understood. ``named`` is what its name says of its place."""

    named: Named | None
    level: Level | None
    kind: AgencyType | None

    @property
    def unit(self) -> Unit | None:
        """The one unit it belongs to."""
        return self.named.unit if self.named else None


def is_body(name: str, year: int | None = None) -> bool:
    """Whether a flat text is the name of a body, and nothing else."""
    if not re.fullmatch(r"[\u4e00-\u9fff·、()]{2,40}", name):
        return False
    return bool(_BODY.fullmatch(name)) or is_place(name, year)


def is_place(name: str, year: int | None = None) -> bool:
    """Whether a flat text is the name of a unit alone: 洪泽区."""
    named = name_place(name, year)
    return named is not None and named.end == len(name)


def understand(name: str, year: int | None = None) -> Body:
    """Place, level and type of the body with this flat name, as far as the name tells them."""
    named = place_of(name, year)
    kind = kind_of(name, named)
    return Body(named, _level(name, named, kind), kind)


def place_of(name: str, year: int | None = None) -> Named | None:
    """The unit that the name tells, also after the name of a superior: 国家税务总局洛阳市税务局."""
    survey = _SURVEY.match(name)
    if survey and not name_place(survey[1], year):
        unit = stem_place(survey[1], year, "province" if survey[2] else None)
        return Named((unit,), survey.end(1)) if unit else None
    parent = _PARENT.match(name)
    skip = parent.end() if parent else 0
    named = name_place(name[skip:], year)
    return Named(named.units, named.end + skip, named.zone) if named else None


def kind_of(name: str, named: Named | None) -> AgencyType | None:
    """The type, None where the name leaves it open (zones' committees, centres, schools)."""
    if named and named.end == len(name) and not named.zone:
        return "government"
    if _OF_STATE.fullmatch(name):
        return "department"
    if _VERTICAL.search(name):
        return "vertical"
    if _ORGANISATION.fullmatch(name):
        return "authorised_org"
    for pattern, kind in _KINDS:
        if pattern.fullmatch(name):
            return kind
    return None


_KINDS: tuple[tuple[re.Pattern[str], AgencyType | None], ...] = (
    (_TOWNSHIP, "township"),
    (_OFFICE, "government_office"),
    (_GOVERNMENT, "government"),
    (_COMMITTEE, None),
    (_DEPARTMENT, "department"),
)


def _level(name: str, named: Named | None, kind: AgencyType | None) -> Level | None:
    if kind == "township":
        return "township"
    if _OF_STATE.fullmatch(name):
        return "national"
    if named is None or named.zone or _BRANCH.search(name):
        return None
    levels = {unit.level for unit in named.units}
    return levels.pop() if len(levels) == 1 else None
