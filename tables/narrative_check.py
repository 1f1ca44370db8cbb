"""Sentences against tables, and sentences against each other (identities T1, T2, T3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.narrative_figures import Statement
from gouji.tables.narrative_language import language

Values = Mapping[str, Decimal | None]

# What a stated figure may mean in the new forms: each choice is a sum of cells.
_CHOICES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "requests.received": (
        ("requests.new@total",),
        ("requests.new@total", "requests.carried_in@total"),
    ),
    "requests.new": (("requests.new@total",),),
    "requests.carried_in": (("requests.carried_in@total",),),
    "requests.carried_out": (("requests.carried_out@total",),),
    "requests.closed": (("requests.results.total@total",),),
    "requests.replies.total": (("requests.results.total@total",),),
    "disputes.review": (("disputes.review@total",),),
    "disputes.litigation": (
        ("disputes.litigation_direct@total", "disputes.litigation_after_review@total"),
    ),
    "disputes.litigation_direct": (("disputes.litigation_direct@total",),),
    "disputes.litigation_after_review": (("disputes.litigation_after_review@total",),),
}
_COLUMNS = ("", "@total", "@this_year")
# An enumeration and the figure that it should add up to.
_SUMS = {
    "requests.received.": ("requests.received", ("in_person", "fax", "online", "letter", "email")),
    "proactive.channel.": ("proactive.info_total", ("gazette", "website", "weibo", "wechat")),
}


def compare(statements: Sequence[Statement], table_values: Values) -> list[Finding]:
    """Find where the text and the tables, or the text and itself, do not agree.

    ``table_values``: value by cell reference of all tables of the report, None where a cell is
    blank. A cell that is absent or blank proves nothing. Only what the text states is compared; an
    implied figure (均按时办结) only where nothing was carried in, since it speaks of this year's.
    """
    against = against_tables(statements, table_values)
    return [*against, *_disagreements(statements), *_sums(statements)]


def against_tables(statements: Sequence[Statement], table_values: Values) -> list[Finding]:
    """Of ``compare`` what depends on the tables."""
    findings = []
    seen: set[tuple[str, Decimal | None]] = set()
    for statement in statements:
        key = (statement.ref, statement.value)
        if key in seen or not _comparable(statement, table_values):
            continue
        seen.add(key)
        choices = _printed(statement.ref, table_values)
        if choices and all(value != statement.value for value, _ in choices):
            findings.append(_differs(statement, choices))
    return findings


def _comparable(statement: Statement, values: Values) -> bool:
    if statement.value is None:
        return False
    if statement.kind == "implied":
        return values.get("requests.carried_in@total") == 0
    return statement.kind == "stated"


def _printed(ref: str, values: Values) -> list[tuple[Decimal, tuple[str, ...]]]:
    """Each figure the tables allow for a statement, with the cells it comes from."""
    for column in _COLUMNS:
        value = values.get(ref + column)
        if value is not None and ref not in _CHOICES:
            return [(value, (ref + column,))]
    found: list[tuple[Decimal, tuple[str, ...]]] = []
    for cells in _CHOICES.get(ref, ()):
        numbers = [values.get(cell) for cell in cells]
        total = sum((n for n in numbers if n is not None), Decimal(0))
        if None not in numbers and total not in [value for value, _ in found]:
            found.append((total, cells))
    if found:
        return found
    for column in _COLUMNS:
        value = values.get(ref + column)
        if value is not None:
            return [(value, (ref + column,))]
    return _group(ref, values)


def _group(ref: str, values: Values) -> list[tuple[Decimal, tuple[str, ...]]]:
    """Add up a group without a printed subtotal (不予公开), blanks as nothing."""
    cells = tuple(c for c in values if c.startswith(ref + ".") and c.endswith("@total"))
    numbers = [n for c in cells if (n := values[c]) is not None]
    return [(sum(numbers, Decimal(0)), cells)] if numbers else []


def _differs(statement: Statement, choices: Sequence[tuple[Decimal, tuple[str, ...]]]) -> Finding:
    refs = tuple(dict.fromkeys(cell for _, cells in choices for cell in cells))
    return Finding(
        "statement_differs_from_table",
        {
            "quote": statement.quote,
            "label": _label(statement.ref),
            "stated": _digits(statement.value),
            "printed": " / ".join(_digits(value) for value, _ in choices),
        },
        refs,
        statement.place.page,
    )


def _disagreements(statements: Sequence[Statement]) -> list[Finding]:
    """Two sentences that give two figures for one thing."""
    first: dict[str, Statement] = {}
    findings = []
    for statement in statements:
        if statement.value is None or statement.subject != "contradicted":
            continue
        other = first.setdefault(statement.ref, statement)
        if other.value != statement.value:
            arguments = {
                "label": _label(statement.ref),
                "first": other.quote,
                "second": statement.quote,
            }
            findings.append(
                Finding("statements_disagree", arguments, (statement.ref,), statement.place.page)
            )
    return findings


def _sums(statements: Sequence[Statement]) -> list[Finding]:
    """T3: what was enumerated against the total. A list may leave some out, never exceed it."""
    certain = {s.ref: s for s in statements if s.kind == "stated" and s.value is not None}
    findings = []
    for prefix, (whole, names) in _SUMS.items():
        total = certain.get(whole)
        parts = [certain[prefix + name] for name in names if prefix + name in certain]
        summed = sum((s.value or Decimal(0) for s in parts), Decimal(0))
        if total is None or total.value is None or len(parts) < 2 or summed <= total.value:
            continue
        if prefix == "proactive.channel." and max(p.value or 0 for p in parts) <= total.value:
            continue  # the same information through several channels counts once
        arguments = {
            "quote": total.quote,
            "label": _label(whole),
            "stated": _digits(total.value),
            "sum": _digits(summed),
        }
        refs = (whole, *(part.ref for part in parts))
        findings.append(Finding("enumeration_exceeds_total", arguments, refs, total.place.page))
    return findings


def _label(ref: str) -> str:
    return language().labels.get(ref, ref)


def _digits(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")
