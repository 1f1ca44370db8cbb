"""The head of a report: title, agency, year, region, dates; each with where it was found.

What the document does not tell stays None. The period too is given only where it is stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gouji.ocr.finding import Finding
from gouji.tables.dates import DATE, PERIOD, YEAR, day_of, period_of, year_of
from gouji.tables.evidence import NOTHING, Evidence
from gouji.tables.flat import Flow, Row, rows
from gouji.tables.grid import Block
from gouji.tables.issuer import Issuer, find_issuer
from gouji.tables.places import full_name
from gouji.tables.record import Found, ReportModel
from gouji.tables.title import KIND, Title, find_titles, parse_name, quoted_titles

_SECTION = re.compile(r"[#*]*(?:第?一[、.,]|[(]一[)])")
_PROSE = re.compile(r"^(?=.{40})(?=.*(?:公开|条例|报告|工作))(?:.*。|(?:.*,){2})")
_LABEL = re.compile(r"统计|期限|时限|报告期|数据|时段")
_PUBLISHED = (
    re.compile(rf"(?:发布|公布|公开|上网|信息)(?:日期|时间|于)为?:?({DATE})"),
    re.compile(rf"(?:^|[^\u4e00-\u9fff]|来源.{{0,20}}?)(?:时间|日期):?({DATE})", re.M),
)
_SIGNED = re.compile(rf"(?:[\u4e00-\u9fff]{{4,40}})?({DATE})")
_BRACKETED = re.compile(rf"[(]({DATE})[)]")
_STATED = re.compile(
    rf"(?:公布|发布|编制|制定)[^。;《》\n]{{0,30}}?({YEAR})(?:年度|年|度)?{KIND}(?!编制|的?通知|要求|工作|格式|》)"
)
_HEADER = re.compile(rf"({YEAR})年?度?(?=历年累计)")
_LEADING = re.compile(rf"(?:^|[。;\n])({YEAR})年度?(?:以来)?,?(?![\d至到-])([^。;\n]*)")
_PLAN = re.compile(r"将|下一步|计划|拟")
_AREA = (
    r"全(?:省|市|县|区|州|盟|旗|自治区)(?!(?:[^。;,]{0,8})系统)(?:全年)?[^。;,]{0,10}?"
    r"(?:公开|收到|受理|办理|办结|答复)[^。;,]{0,16}?(?:信息|申请)[^。;,]{0,12}?\d+[^。;,]{0,3}"
)
_TOGETHER = r"报告[^。;]{0,30}汇总|汇总了?[全各][^。;]{0,12}(?:乡|镇|街道|部门|单位|县|区)"
_AGGREGATE = re.compile(rf"{_AREA}|{_TOGETHER}")
_OWN = frozenset({"department", "township", "authorised_org"})


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says, and what is odd about it."""

    report: ReportModel
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Facts:
    """Fields of the report as they are found."""

    values: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def put(self, key: str, value: str | int | None, found: Found | None) -> None:
        if value is not None:
            self.values[key] = value
            if found is not None:
                self.found[key] = found


def read_head(
    blocks: Sequence[Block],
    stem: str | None = None,
    index: int = 0,
    evidence: Evidence = NOTHING,
) -> Head:
    """Read the head of the one report in ``blocks``, which may have a web page around it.

    ``stem`` is the file's name without its suffix: it counts where the text is silent. ``index``
    is the report's number in its file, from 0. ``evidence``: of its scanned pages.
    """
    found = rows(blocks)
    flow = Flow.of(found)
    body = body_start(found)
    titles = _rank(find_titles(found), body) or _rank(quoted_titles(found), body)
    facts = _Facts()
    if titles:
        _put_title(facts, flow, titles[0])
    _put_period(facts, flow)
    name = parse_name(stem) if stem else None
    _put_year(facts, flow, titles, stem, name[1] if name else None)
    year = facts.values.get("year")
    scanned = any(evidence.covers(block.place.page) for block in blocks)
    issuer = find_issuer(flow, titles, name[0] if name else None, year, scanned=scanned)
    if issuer:
        _put_issuer(facts, flow, issuer, year)
    _put_dates(facts, flow, titles)
    report = ReportModel(index=index, found=facts.found, **facts.values)
    return Head(report, tuple(facts.findings))


def body_start(found: list[Row]) -> int:
    """The row where the report's text begins: its first section, or its first long sentence."""
    for index, row in enumerate(found):
        if row.cells > 1:
            continue
        if _PROSE.search(row.flat) or (_SECTION.match(row.flat) and not find_titles([row])):
            return index
    return len(found)


def _rank(titles: list[Title], body: int) -> list[Title]:
    """The report's own title first, then the others in front that have its year, or none.

    Its own is the last one before its text: a page's navigation and repeated titles stand above.
    """
    front = [title for title in titles if title.first <= body]
    ranked = sorted(front, key=lambda t: (t.weight > 0, not t.table, t.heading == 1, t.first))
    if not ranked:
        return [title for title in titles if title.table or title.heading][:1]
    best = ranked.pop()
    years = (best.year, None)
    return [best, *(t for t in reversed(ranked) if best.year is None or t.year in years)]


def _put_title(facts: _Facts, flow: Flow, title: Title) -> None:
    start = flow.starts[title.first]
    if title.last - title.first == 1:
        span = start + title.start, start + title.end
    else:
        last = title.last - 1
        span = start + title.start, flow.starts[last] + len(flow.rows[last].flat)
    facts.put("title", flow.printed(*span).strip().rstrip("》"), flow.found(*span))


def _put_period(facts: _Facts, flow: Flow) -> None:
    """The period where it is stated: beside a word for it, or as the whole year."""
    for labelled in (True, False):
        for match in PERIOD.finditer(flow.text):
            period = period_of(match)
            around = flow.text[max(0, match.start() - 30) : match.end() + 12]
            if period is None or (labelled and not _LABEL.search(around)):
                continue
            if not labelled and not (period[0][5:] == "01-01" and period[1][5:] == "12-31"):
                continue
            found = flow.found(*match.span())
            facts.put("period_start", period[0], found)
            facts.put("period_end", period[1], found)
            return


def _put_year(
    facts: _Facts, flow: Flow, titles: list[Title], stem: str | None, in_stem: int | None
) -> None:
    stated = _period_year(facts)
    if titles and titles[0].year:
        year = titles[0].year
        facts.put("year", year, _year_in(flow, titles[0]))
        if stated and stated != year:
            finding = Finding("year_contradicts", {"title": year, "stated": stated})
            facts.findings.append(finding)
    elif titles and titles[0].years:
        return  # The title names two years: neither is the report's.
    elif stated:
        facts.put("year", stated, facts.found["period_end"])
    elif not _put_other_year(facts, flow, titles) and in_stem and stem:
        facts.put("year", in_stem, Found(quote=stem))


def _put_other_year(facts: _Facts, flow: Flow, titles: list[Title]) -> bool:
    """The year where only one can be meant: of other titles, of a table's header, of sentences."""
    headers = [(year_of(m[1]), *m.span(1)) for m in _HEADER.finditer(flow.text)]
    leading = [m for m in _LEADING.finditer(flow.text) if not _PLAN.search(m[2])]
    places = [
        headers,
        [] if headers else [(t.year, *_span_of(flow, t)) for t in titles if t.year],
        [] if headers else [(year_of(m[1]), *m.span(1)) for m in _STATED.finditer(flow.text)],
        [] if headers else [(year_of(m[1]), *m.span(1)) for m in leading],
    ]
    for found in places:
        if len({year for year, _, _ in found}) == 1:
            year, start, end = found[0]
            facts.put("year", year, flow.found(start, end))
            return True
    return False


def _period_year(facts: _Facts) -> int | None:
    """The year of a stated period that covers a whole one."""
    start, end = facts.values.get("period_start", ""), facts.values.get("period_end", "")
    return int(end[:4]) if start[:4] and start[:4] == end[:4] else None


def _span_of(flow: Flow, title: Title) -> tuple[int, int]:
    last = title.last - 1
    return flow.starts[title.first], flow.starts[last] + len(flow.rows[last].flat)


def _year_in(flow: Flow, title: Title) -> Found:
    start, end = _span_of(flow, title)
    match = re.compile(YEAR).search(flow.text, start, end)
    return flow.found(*match.span()) if match else flow.found(start, end)


def _put_issuer(facts: _Facts, flow: Flow, issuer: Issuer, year: int | None) -> None:
    body = issuer.body
    facts.put("agency", issuer.printed, issuer.found)
    facts.put("agency_type", body.kind, issuer.found)
    facts.put("level", body.level, issuer.found)
    _put_scope(facts, flow, issuer)
    if body.unit:
        place = issuer.place or issuer.found
        facts.put("region", full_name(body.unit, year), place)
        facts.put("region_code", body.unit.code, place)
    if body.named and body.unit is None:
        name = issuer.flat[: body.named.end]
        count = len(body.named.units)
        facts.findings.append(Finding("region_ambiguous", {"name": name, "count": count}))
    elif body.named and body.named.zone and body.unit:
        finding = Finding("zone_without_code", {"name": issuer.printed, "code": body.unit.code})
        facts.findings.append(finding)


def _put_scope(facts: _Facts, flow: Flow, issuer: Issuer) -> None:
    """Aggregate where a government's text counts for its whole area; departments are their own."""
    kind = issuer.body.kind
    sums = _AGGREGATE.search(flow.text)
    if kind == "government" and sums:
        facts.put("scope", "aggregate", flow.found(*sums.span()))
    elif kind in _OWN or (kind in ("government_office", "vertical") and not sums):
        facts.put("scope", "own", issuer.found)


def _put_dates(facts: _Facts, flow: Flow, titles: list[Title]) -> None:
    _put_published(facts, flow)
    after = titles[0].last if titles else 0
    signed = [(_SIGNED, i) for i in reversed(range(after, len(flow.rows)))]
    for pattern, index in [*signed, *((_BRACKETED, i) for i in range(after, after + 2))]:
        row = flow.rows[index].flat if index < len(flow.rows) else ""
        found = pattern.fullmatch(row)
        if found and _put_date(facts, flow, "signed_date", index, found):
            return


def _put_published(facts: _Facts, flow: Flow) -> None:
    for pattern in _PUBLISHED:
        for index, row in enumerate(flow.rows):
            for match in pattern.finditer(row.flat):
                if _put_date(facts, flow, "publish_date", index, match):
                    return


def _put_date(facts: _Facts, flow: Flow, key: str, row: int, match: re.Match[str]) -> bool:
    """Put the day of a match in a row, unless it is no day or lies before the year of the data."""
    day = day_of(match[1])
    start = flow.starts[row]
    span = start + match.start(1), start + match.end(1)
    printed = flow.printed(*span)
    # A blank inside a number: the day and the time of day have run together.
    if day is None or re.search(r"\d\s+\d", printed) or int(day[:4]) < facts.values.get("year", 0):
        return False
    facts.put(key, day, flow.found(*span))
    return True
