"""What was found, and why a cell is as it is: codes → what a record has of them, with the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from gouji.ingest.messages import Language, catalogue, render, severity
from gouji.ocr.finding import Finding
from gouji.tables.record import CellModel, FindingModel, ReasonModel, Record

_Told = TypeVar("_Told", FindingModel, ReasonModel)
_Words = Callable[[Finding], str]


def told(findings: Iterable[Finding], language: Language) -> tuple[FindingModel, ...]:
    """Findings as a record has them."""
    return tuple(
        FindingModel(
            code=finding.code, severity=severity(finding.code),
            arguments=dict(finding.arguments), message=render(finding, language),
            refs=finding.refs, page=finding.page,
        )
        for finding in findings
    )  # fmt: skip


def reasons(found: Iterable[Finding], language: Language) -> tuple[ReasonModel, ...]:
    """The reasons of a cell as a record has them."""
    return tuple(
        ReasonModel(
            code=one.code, arguments=dict(one.arguments), message=render(one, language)
        )
        for one in found
    )  # fmt: skip


def in_language(record: Record, language: Language, *, review: bool = False) -> Record:
    """The record in the words of who asks, at the command line or the ``review`` page; what has a
    code of another version is left as it is.
    """
    words = partial(render, language=language, review=review)
    findings = tuple(
        _said_again(f, Finding(f.code, f.arguments, page=f.page), words) for f in record.findings
    )
    cells = tuple(_cell_in(cell, words) if cell.why else cell for cell in record.cells)
    return record.model_copy(update={"findings": findings, "cells": cells})


def _cell_in(cell: CellModel, words: _Words) -> CellModel:
    why = tuple(_said_again(one, Finding(one.code, one.arguments), words) for one in cell.why)
    return cell.model_copy(update={"why": why})


def _said_again(model: _Told, finding: Finding, words: _Words) -> _Told:
    if finding.code not in catalogue():
        return model
    return model.model_copy(update={"message": words(finding)})
