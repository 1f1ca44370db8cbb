"""The codebook: what each ref of an edition means, its unit, sums and counterparts elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache

from gouji.ingest.crosswalk import counterparts
from gouji.ingest.messages import Language
from gouji.ingest.texts import say
from gouji.ingest.wording import section, words
from gouji.tables.forms.form import Form, FormCell, FormRow, FormTable, editions, load
from gouji.tables.record import Record


@dataclass(frozen=True, slots=True)
class Entry:
    """One ref of one edition. ``label`` is row and column, ``meaning`` the whole way to them.

    ``identities`` are the ids of the sums it stands in, ``crosswalk`` its counterparts.
    """

    edition: str
    table: str
    ref: str
    label: str
    meaning: str
    unit: str
    remark: str
    identities: str
    crosswalk: str


FIELDS = tuple(field.name for field in fields(Entry))


def entries_of(records: Iterable[Record], language: Language) -> list[Entry]:
    """Every ref of the editions of the records, newest first, then the rows beyond the forms."""
    present: set[str] = set()
    beyond: dict[Entry, None] = {}
    for record in records:
        present.update(table.edition for table in record.tables)
        beyond.update(dict.fromkeys(_beyond(record, language)))
    known = [e for edition in editions() if edition in present for e in entries(edition, language)]
    return known + list(beyond)


@cache
def entries(edition: str, language: Language) -> tuple[Entry, ...]:
    """Every ref of one edition, in printed order."""
    form = load(edition)
    return tuple(
        _entry(form, table, row, cell, language)
        for table in form.tables
        for row in table.rows
        for cell in row.cells
    )


@cache
def labels(edition: str) -> dict[str, str]:
    """The Chinese label of each ref of an edition: ``（一）予以公开·自然人``."""
    return {entry.ref: entry.label for entry in entries(edition, "zh")}


def label_of(edition: str, ref: str) -> str:
    """The label of a ref, or for a row beyond the form its own name."""
    return labels(edition).get(ref, ref.removeprefix("x.").replace("@", "·"))


def as_rows(found: Iterable[Entry]) -> Iterator[list[str]]:
    """The entries as rows of text, in the order of ``FIELDS``."""
    for entry in found:
        yield [getattr(entry, name) for name in FIELDS]


def _entry(form: Form, table: FormTable, row: FormRow, cell: FormCell, language: Language) -> Entry:
    column = cell.labels[0] if cell.column else ""
    above = next((c.group for c in table.columns if c.key == cell.column and c.group), "")
    meaning = (table.titles[0], *_groups(table, row), row.label, above, column)
    return Entry(
        edition=form.edition,
        table=table.id,
        ref=cell.ref,
        label="·".join(part for part in (row.label, column) if part),
        meaning="·".join(part for part in meaning if part),
        unit=cell.unit,
        remark="；".join(_remarks(row, cell, language)),
        identities=" ".join(dict.fromkeys(i.id for i in form.identities if cell.ref in i.refs)),
        crosswalk="；".join(_counterparts(form, cell.ref, language)),
    )


def _groups(table: FormTable, row: FormRow) -> list[str]:
    """The groups around a row, outermost first."""
    spans = group_spans(table.rows)
    at = table.rows.index(row)
    around = [
        (first - last, group) for group, (first, last) in spans.items() if first <= at <= last
    ]
    return [group for _, group in sorted(around)]


def group_spans(rows: Sequence[FormRow]) -> dict[str, tuple[int, int]]:
    """First and last row of each group. One that comes again after others encloses them."""
    spans: dict[str, tuple[int, int]] = {}
    for index, row in enumerate(rows):
        if row.group:
            spans[row.group] = (spans.get(row.group, (index, index))[0], index)
    return spans


def _remarks(row: FormRow, cell: FormCell, language: Language) -> Iterator[str]:
    if cell.signed:
        yield words("signed", language, "remark")
    if row.optional:
        yield words("optional", language, "remark")
    if cell.unit_assumed:
        yield words("unit_assumed", language, "remark")
    if cell.unit_printed != cell.unit:
        yield words("unit_printed", language, "remark", unit=cell.unit_printed)


def _beyond(record: Record, language: Language) -> Iterator[Entry]:
    remark = words("beyond_form", language, "remark")
    for cell in record.cells:
        table = record.tables[cell.table]
        if cell.ref not in labels(table.edition):
            label = label_of(table.edition, cell.ref)
            yield Entry(table.edition, table.id, cell.ref, label, label, "", remark, "", "")


# --- counterparts -------------------------------------------------------------------------------


def _counterparts(form: Form, ref: str, language: Language) -> Iterator[str]:
    """``2021: requests.new@total (exact)`` for each edition that knows the ref."""
    for edition in editions():
        for found in counterparts(form.edition, ref, edition):
            kind = words(found.relation, language, "relation") if found.refs else ""
            note = found.entry.note_zh if language == "zh" else found.entry.note
            how = "，".join(part for part in (kind, note) if part)
            named = " + ".join(found.refs) or words("no_counterpart", language, "remark")
            yield f"{edition}: {named}" + (f"（{how}）" if how else "")


# --- as Markdown --------------------------------------------------------------------------------


def markdown(found: Sequence[Entry], language: Language) -> str:
    """The codebook for people: the files and their columns, then every edition present."""
    parts = [words("guide", language, "markdown"), _columns_table(language)]
    for edition in dict.fromkeys(entry.edition for entry in found):
        form = load(edition)
        parts.append(f"## {edition} {form.name}\n\n{form.notice}")
        parts += [_sums(form, language), _table(FIELDS_SHOWN, edition, found, language)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


FIELDS_SHOWN = FIELDS[2:]


def _columns_table(language: Language) -> str:
    lines = [f"| `{key}` | {w[language]} | {w['type']} |" for key, w in section("columns").items()]
    return "\n".join((words("columns_head", language, "markdown").strip(), *lines))


def _sums(form: Form, language: Language) -> str:
    rules = dict.fromkeys((i.id, i.label, i.severity) for i in form.identities)
    lines = [
        f"- {name}（{say(f'severity.{level}', language)}）：{label}" for name, label, level in rules
    ]
    lines += [f"- {b.id}：{b.formula}" for b in form.beyond]
    return "\n".join(lines)


def _table(names: Sequence[str], edition: str, found: Iterable[Entry], language: Language) -> str:
    head = " | ".join(words(name, language, "codebook") for name in names)
    lines = [f"| {head} |", "|" + " --- |" * len(names)]
    for entry in found:
        if entry.edition == edition:
            texts = (str(getattr(entry, name)).replace("|", "\\|") for name in names)
            lines.append("| " + " | ".join(" ".join(text.split()) for text in texts) + " |")
    return "\n".join(lines)
