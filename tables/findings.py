"""What is to be told of a table: sums that fail, figures that are no counts, missing rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.fill import figures_of
from gouji.tables.forms.form import FormRow, FormTable, Identity
from gouji.tables.identities import Figure, Outcome, evaluate
from gouji.tables.suspects import suspects
from gouji.tables.understood import Table

_BY_SEVERITY = {
    ("sum", "error"): "sum_differs",
    ("sum", "warning"): "sum_differs_from_parts",
    ("sum", "info"): "sum_differs_from_parts",
    ("balance", "error"): "balance_differs",
    ("balance", "warning"): "bound_doubtful",
    ("balance", "info"): "bound_unusual",
    ("bound", "error"): "bound_broken",
    ("bound", "warning"): "bound_doubtful",
    ("bound", "info"): "bound_unusual",
}


def findings_of(table: Table) -> list[Finding]:
    """All of them, in the order in which they are told."""
    figures = figures_of(table.cells)
    found = [
        failure(table.form, o, figures, _page_of(table, result_of(o.identity)))
        for o in table.outcomes if o.result == "fail"
    ]  # fmt: skip
    found += _as_read(table)
    found += [
        Finding("not_a_count", {"place": place_name(table.form, c.form.ref),
                                "value": str(c.value)}, (c.form.ref,))
        for c in table.cells
        if c.accepted and c.value is not None and not c.form.money
        and (c.value != c.value.to_integral_value() or (c.value < 0 and not c.form.signed))
    ]  # fmt: skip
    found += [
        Finding("unit_unknown", {"place": place_name(table.form, c.form.ref)}, (c.form.ref,))
        for c in table.cells
        if c.unit_source == "unknown" and c.value
    ]
    found += [
        Finding("one_figure_explains", {
            "place": place_name(table.form, s.ref), "printed": _total((s.ref,), figures),
            "would": format(s.value, "f"), "count": len(s.sums),
        }, (s.ref,), _page_of(table, (s.ref,)))
        for s in suspects(table.outcomes, figures)
    ]  # fmt: skip
    missing = [c.form.row for c in table.cells if c.state == "missing_row" and not c.accepted]
    for row in dict.fromkeys(missing):
        label = next(r.label for r in table.form.rows if r.key == row)
        refs = tuple(c.form.ref for c in table.cells if c.form.row == row)
        found.append(Finding("row_missing", {"label": label}, refs))
    return found


def failure(
    form: FormTable, outcome: Outcome, figures: Mapping[str, Figure], page: int | None
) -> Finding:
    """What to say of an identity that fails; ``page`` is that of its result."""
    identity = outcome.identity
    left, right = (_total(refs, figures) for refs in (identity.left, identity.right))
    refs = tuple(ref for ref in identity.refs if figures[ref].value is not None)
    arguments: dict[str, str | int] = {"identity": identity.id, "rule": identity.label}
    if identity.op == "=" and len(identity.right) == 1:
        place = place_name(form, identity.right[0])
        arguments |= {"place": place, "expected": left, "printed": right}
        return Finding(_BY_SEVERITY["sum", identity.severity], arguments, refs, page)
    arguments |= {"at": _at_name(form, identity.at), "left": left, "right": right}
    kind = "balance" if identity.op == "=" else "bound"
    return Finding(_BY_SEVERITY[kind, identity.severity], arguments, refs, page)


def result_of(identity: Identity) -> tuple[str, ...]:
    """The cell that is the result of a sum."""
    return identity.right[-1:] or identity.left[-1:]


def _as_read(table: Table) -> Iterator[Finding]:
    """Sums that cannot be told to fail because of doubtful cells, and do if these were read
    rightly: a misprint stands there, or a misreading.
    """
    figures = {c.form.ref: c.figure for c in table.cells if c.accepted or c.clear}
    doubtful = {c.form.ref for c in table.cells if not c.accepted}
    for outcome in table.outcomes:
        identity = outcome.identity
        unsure = doubtful.intersection(identity.refs)
        if not unsure or identity.severity != "error" or not figures.keys() >= set(identity.refs):
            continue
        read = evaluate(identity, figures)
        if read.result == "fail" and read.difference is not None:
            arguments: dict[str, str | int] = {
                "identity": identity.id, "rule": identity.label,
                "at": _at_name(table.form, identity.at),
                "difference": format(abs(read.difference), "f"), "count": len(unsure),
            }  # fmt: skip
            page = _page_of(table, result_of(identity))
            yield Finding("sum_off_as_read", arguments, identity.refs, page)


def _page_of(table: Table, refs: Sequence[str]) -> int | None:
    """The page on which the result of a sum stands."""
    return next((c.cell.place.page for c in table.cells if c.form.ref in refs and c.cell), None)


def _total(refs: Sequence[str], figures: Mapping[str, Figure]) -> str:
    return format(sum((figures[r].value or Decimal(0) for r in refs), Decimal(0)), "f")


def place_name(table: FormTable, ref: str) -> str:
    """A cell in an official's words: ``第三项（七）总计·自然人``."""
    row = next(row for row in table.rows if any(cell.ref == ref for cell in row.cells))
    cell = next(cell for cell in row.cells if cell.ref == ref)
    column = cell.labels[0] if cell.column else ""
    return "·".join(part for part in (_row_name(row), column) if part)


def _row_name(row: FormRow) -> str:
    return _item(row.group or "") + _item(row.label) if _numbered(row.group) else _item(row.label)


def _numbered(group: str | None) -> bool:
    return bool(group) and ("、" in str(group)[:4] or str(group).startswith("（"))


def _item(label: str) -> str:
    """``三、本年度办理结果`` is called 第三项."""
    head, mark, tail = label.partition("、")
    if mark and len(head) <= 2 and set(head) <= set("一二三四五六七八九十"):
        return f"第{head}项" if tail == "本年度办理结果" else f"第{head}项{tail}"
    return label


def _at_name(table: FormTable, at: str) -> str:
    for row in table.rows:
        if row.key == at:
            return _row_name(row)
    for column in table.columns:
        if column.key == at:
            return column.labels[0]
    return at
