"""What is known about a document from elsewhere: added where the page is silent, never against it.

Names of facts are those of the record's report (``agency``, ``year``, ``region_code`` …) or, in a
table made by people, the Chinese words for them; any other fact, such as an address, is only kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gouji.ingest.messages import Language
from gouji.ingest.told import told
from gouji.ocr.finding import Finding
from gouji.tables.places import name_place
from gouji.tables.record import Record, ReportModel

_NAMES = {
    "机关": "agency", "机关名称": "agency", "单位": "agency", "单位名称": "agency",
    "年度": "year", "年份": "year", "地区": "region", "行政区划": "region",
    "行政区划代码": "region_code", "区划代码": "region_code", "层级": "level", "口径": "scope",
    "标题": "title", "公布日期": "publish_date", "发布日期": "publish_date",
    "网址": "address", "地址": "address", "url": "address", "采集时间": "retrieved",
}  # fmt: skip
REPORT = ("title", "agency", "year", "region", "region_code", "level", "scope", "publish_date")
"""Facts that a report may state itself."""
_REGION_CODE = re.compile(r"\d{6}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHOICES = {
    "level": {"国家": "national", "省": "province", "市": "prefecture", "县": "county",
              "乡": "township"},
    "scope": {"本级": "own", "汇总": "aggregate"},
}  # fmt: skip


def named(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts under the program's own names."""
    return {_NAMES.get(name.strip().lower(), name.strip()): v for name, v in facts.items()}


def filled(record: Record, facts: Mapping[str, str], language: Language) -> Record:
    """The record with what its page does not tell; a finding for what it tells otherwise."""
    if record.report is None or not facts:
        return record
    added: dict[str, str | int] = {}
    findings: list[Finding] = []
    for name, text in named(facts).items():
        if name not in REPORT or not text.strip():
            continue
        value, own = _value(name, text), getattr(record.report, name)
        if value is None:
            findings.append(Finding("fact_unusable", {"name": name, "value": text}))
        elif own is None:
            added[name] = value
        elif not _alike(name, str(own), str(value)):
            arguments = {"name": name, "value": str(value), "printed": str(own)}
            findings.append(Finding("fact_differs", arguments))
    report = _placed(record.report.model_copy(update=added), added)
    if added:
        listed = "、".join(f"{name}={value}" for name, value in added.items())
        findings.append(Finding("fact_added", {"facts": listed}))
    found = (*record.findings, *told(findings, language))
    return record.model_copy(update={"report": report, "findings": found})


def _placed(report: ReportModel, added: Mapping[str, object]) -> ReportModel:
    """The report with the code of a region that is named, and named without doubt."""
    name = report.region
    if "region" not in added or report.region_code or not name:
        return report
    found = name_place(name, report.year)
    if found is None or found.unit is None or found.end != len(name):
        return report
    return report.model_copy(update={"region_code": found.unit.code})


def _alike(name: str, printed: str, given: str) -> bool:
    printed, given = ("".join(text.split()) for text in (printed, given))
    if name == "region":
        return printed.endswith(given) or given.endswith(printed)
    return printed == given


def _value(name: str, text: str) -> str | int | None:
    """A fact as the record has it; None if it can't be that."""
    text = text.strip()
    if name == "year":
        number = text.removesuffix("年度").removesuffix("年")
        return int(number) if re.fullmatch(r"(?a:[12]\d{3})", number) else None
    if name == "region_code":
        return text if _REGION_CODE.fullmatch(text) else None
    if name == "publish_date":
        return text if _DATE.fullmatch(text) else None
    if name in _CHOICES:
        known = _CHOICES[name]
        return known.get(text, text if text in known.values() else None)
    return text
