"""Draws the figures of a form so that its identities hold. Most reports are mostly zeros."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from .forms import APPLICANTS, DISPUTES, FORMS, OUTCOMES, fujian_era, ref_of, refs
from .model import Truth

Values = dict[str, Decimal]
# How busy an agency is: the chance of a size, and the largest count of one kind of request.
SIZES = ((0.22, 0), (0.33, 6), (0.25, 60), (0.15, 900), (0.05, 30000))


def draw_size(rng: Random) -> int:
    return rng.choices([size for _, size in SIZES], [weight for weight, _ in SIZES])[0]


def count(rng: Random, top: int, share: float = 1.0) -> Decimal:
    """A count up to ``top``, small ones far more often; 0 but for ``share`` of the draws."""
    if top <= 0 or rng.random() > share:
        return Decimal(0)
    return Decimal(int(top ** rng.random()) if rng.random() < 0.8 else rng.randint(0, top))


def draw_values(rng: Random, table: str, edition: str, size: int, year: int) -> Values:
    if table == "requests":
        return _requests(rng, edition, size)
    if table == "disputes":
        return _disputes(rng, size)
    if table == "proactive":
        return _proactive(rng, edition, size)
    if edition == "fujian":
        return _fujian(rng, size, year)
    return _2014(rng, size) if edition == "2014" else _shanghai(rng, size)


def _requests(rng: Random, edition: str, size: int) -> Values:
    leaves = [
        row["key"]
        for row in FORMS[edition]["requests"]
        if row["key"].startswith("requests.results.") and row["key"] != "requests.results.total"
    ]
    likely = set(rng.sample(leaves, rng.randint(1, 9))) | {"requests.results.granted"}
    values: Values = {}
    for column in list(APPLICANTS)[:-1]:
        top = size if column == "natural_person" else rng.choice((0, 0, size // 10, size // 3))
        for row in leaves:
            share = (0.7 if row in likely else 0.06) if top else 0.0
            values[ref_of(row, column)] = count(rng, top, share)
        total = sum((values[ref_of(row, column)] for row in leaves), Decimal(0))
        carried_out = count(rng, max(top // 8, min(top, 2)), 0.5)
        carried_in = min(count(rng, max(top // 8, min(top, 2)), 0.5), total + carried_out)
        values[ref_of("requests.results.total", column)] = total
        values[ref_of("requests.carried_out", column)] = carried_out
        values[ref_of("requests.carried_in", column)] = carried_in
        values[ref_of("requests.new", column)] = total + carried_out - carried_in
    return _with_totals(values, [row["key"] for row in FORMS[edition]["requests"]], APPLICANTS)


def _with_totals(values: Values, rows: list[str], columns: dict[str, str]) -> Values:
    parts = list(columns)[:-1]
    for row in rows:
        values[ref_of(row, "total")] = sum((values[ref_of(row, c)] for c in parts), Decimal(0))
    return values


def _disputes(rng: Random, size: int) -> Values:
    top = max(size // 6, min(size, 3)) if rng.random() < 0.6 else 0
    values = {
        ref_of(row, column): count(rng, top, 0.5)
        for row in DISPUTES
        for column in list(OUTCOMES)[:-1]
    }
    return _with_totals(values, list(DISPUTES), OUTCOMES)


def money(rng: Random, size: int) -> Decimal:
    """An amount in 万元 with up to six decimals: 0.01 元 is the sixth."""
    places = rng.choice((0, 1, 2, 2, 2, 4, 4, 6))
    whole = int(10 ** (rng.random() * (3 + min(size, 5000) / 1500)))
    return Decimal(rng.randint(0, 10**places - 1) + whole * 10**places).scaleb(-places)


def _proactive(rng: Random, edition: str, size: int) -> Values:
    values: Values = {ref: Decimal(0) for ref in refs("proactive", edition)}
    busy = rng.random() < 0.75
    scale = rng.choice((20, 300, 5000, 90000, 40_000_000)) if busy else 0
    for ref in values:
        row, _, column = ref.partition("@")
        if column in ("amount", "amount_collected"):
            values[ref] = money(rng, size) if busy and rng.random() < 0.6 else Decimal(0)
        elif column == "decisions":
            values[ref] = count(rng, scale, 0.7)
        elif column == "items_change":
            previous = int(values[ref_of(row, "items_prev_year")])
            lowest, highest = -min(previous, 40), max(previous // 3, 3 if busy else 0)
            values[ref] = Decimal(rng.randint(lowest, highest) if rng.random() < 0.5 else 0)
        else:
            values[ref] = count(rng, min(scale, 3000), 0.2 if "rules" in row else 0.7)
    if edition == "2019":
        for row in ("proactive.rules", "proactive.normative_docs"):
            made = values[ref_of(row, "made")]
            values[ref_of(row, "newly_published")] = min(made, count(rng, 3000, 0.8)) or made
            older = count(rng, min(scale, 2000), 0.8)
            values[ref_of(row, "published_total")] = older + made
    return values


def _split(rng: Random, total: Decimal, parts: int) -> list[Decimal]:
    """``total`` in parts of which most are 0."""
    out = [0] * parts
    left = int(total)
    for index in rng.sample(range(parts), parts):
        out[index] = rng.randint(0, left) if rng.random() < 0.6 else 0
        left -= out[index]
    out[rng.randrange(parts)] += left
    return [Decimal(part) for part in out]


def _share(rng: Random, values: Values, of: str, names: str) -> None:
    parts = names.split()
    drawn = _split(rng, values[of], len(parts))
    values |= {f"{of.removesuffix('.total')}.{n}": v for n, v in zip(parts, drawn, strict=True)}


def _2014(rng: Random, size: int) -> Values:
    values: Values = {ref: Decimal(0) for ref in refs("main", "2014")}
    busy = rng.choice((30, 400, 6000, 150000))
    for ref in values:
        if ref.startswith(("proactive.", "response.", "training.", "org.")):
            few = not ref.startswith("proactive.channel")
            values[ref] = count(rng, min(busy, 200) if few else busy, 0.6)
    channels = [value for ref, value in values.items() if ref.startswith("proactive.channel")]
    lowest, highest = max(channels), sum(channels)
    values["proactive.info_total"] = Decimal(rng.randint(int(lowest), int(highest)))
    issued = min(count(rng, 120, 0.7), values["proactive.info_total"])
    values["proactive.normative_docs_issued"] = issued
    values["proactive.normative_docs_published"] = Decimal(rng.randint(0, int(issued)))
    for ref in ("response.press_conferences", "response.online_interviews"):
        values[f"{ref}.chief"] = Decimal(rng.randint(0, int(values[ref])))
    values["requests.received"] = count(rng, size, 0.9)
    closed = values["requests.closed"] = values["requests.received"]
    values["requests.replies.total"] = closed
    _share(rng, values, "requests.received", "in_person fax online letter")
    _share(rng, values, "requests.closed", "on_time extended")
    replies = "already_public granted partial refused not_this_agency not_exist told_to_amend"
    _share(rng, values, "requests.replies.total", replies + " told_other_channel")
    reasons = "state_secret trade_secret privacy security_stability not_govt_info other_law"
    _share(rng, values, "requests.replies.refused", reasons)
    for ref in ("disputes.review", "disputes.litigation"):
        values[ref] = count(rng, size // 5, 0.5)
        _share(rng, values, ref, "upheld corrected other")
    values["complaints.total"] = count(rng, size // 5, 0.3)
    values["org.staff"] = values["org.staff.full_time"] + values["org.staff.part_time"]
    values["org.budget"] = money(rng, size) if rng.random() < 0.5 else Decimal(0)
    values["fees.collected"] = money(rng, 0) if rng.random() < 0.1 else Decimal(0)
    return values


def _fujian(rng: Random, size: int, year: int) -> Values:
    """Only the rows that the form had in that year."""
    rows = [row["key"] for row in FORMS["fujian"]["main"] if fujian_era(year) in row["labels"]]
    values = {row: count(rng, size // 4, 0.3) for row in rows}
    values["proactive.info_total"] = count(rng, rng.choice((60, 900, 40000)), 0.95)
    values["requests.received"] = values["requests.replies.total"] = count(rng, size, 0.8)
    for total, parts in (
        ("proactive.info_total", "proactive.channel."),
        ("requests.received", "requests.received."),
        ("requests.replies.total", "requests.replies."),
    ):
        names = [row for row in rows if row.startswith(parts) and row != total]
        values |= zip(names, _split(rng, values[total], len(names)), strict=True)
    out: Values = {}
    for row in rows:
        out[ref_of(row, "this_year")] = values[row]
        out[ref_of(row, "cumulative")] = values[row] + count(rng, 8 * int(values[row]) + size, 0.7)
    return out


def _shanghai(rng: Random, size: int) -> Values:
    rows = [row["key"] for row in FORMS["shanghai"]["main"]]
    period = {row: count(rng, max(size, 3), 0.35) for row in rows}
    period["proactive.info_total"] = count(rng, rng.choice((60, 900, 40000)), 0.95)
    period["x.proactive.full_text"] = period["proactive.info_total"]
    period["x.page_views"] = count(rng, 9_000_000, 0.8)
    period["requests.received"] = period["requests.replies.total"] = count(rng, size, 0.9)
    _share(rng, period, "requests.received", "in_person fax email online letter other")
    out: Values = {}
    for row, value in period.items():
        out[ref_of(row, "this_period")] = value
        more = count(rng, int(value) + size, 0.4)
        out[ref_of(row, "this_year")] = value + more
    return out


def truth_of(values: Values) -> dict[str, Truth]:
    """The plainest writing: ``0`` and bare digits."""
    return {
        ref: Truth(value, "value" if value else "zero", format(value, "f"))
        for ref, value in values.items()
    }
