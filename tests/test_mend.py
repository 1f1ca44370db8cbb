"""A wall that was not seen is put in only where the rest of the grid leaves one way."""

import pytest

from gouji.ocr.page import Box, Char
from gouji.tables.grid import Cell, Grid, Place
from gouji.tables.mend import Mended, mended
from gouji.tables.widened import widened

WIDTH, HEIGHT = 40.0, 20.0


def cell(row: int, col: int, text: str, rows: int = 1, cols: int = 1) -> Cell:
    box = Box(col * WIDTH, row * HEIGHT, (col + cols) * WIDTH, (row + rows) * HEIGHT)
    return Cell(row, col, row + rows, col + cols, text, Place(page=1, box=box))


def word(row: int, col: float, text: str) -> Char:
    x, y = (col + 0.5) * WIDTH, (row + 0.5) * HEIGHT
    return Char(text, Box(x - 4, y - 4, x + 4, y + 4))


def table(*last: Cell) -> Grid:
    return Grid((*(cell(0, col, str(col)) for col in range(4)), *last), "ruled")


def test_figures_of_several_columns_in_one_cell() -> None:
    grid = table(cell(1, 0, "5"), cell(1, 1, "0 7", cols=2), cell(1, 3, "9"))
    found = mended(grid, [word(1, 1, "0"), word(1, 2, "7")]).grid
    assert [(c.col, c.text) for c in found.cells if c.row == 1] == [
        (0, "5"), (1, "0"), (2, "7"), (3, "9")]  # fmt: skip
    assert found.cells[5].place.box == Box(40, 20, 80, 40)


def test_figures_of_several_rows_in_one_cell() -> None:
    grid = Grid((cell(0, 0, "a"), cell(1, 0, "b"), cell(0, 1, "1\n2", rows=2)), "ruled")
    found = mended(grid, [word(0, 1, "1"), word(1, 1, "2")]).grid
    assert [c.text for c in found.cells if c.col == 1] == ["1", "2"]


@pytest.mark.parametrize("words", [
    [word(1, 1, "0"), word(1, 1.4, "7")],  # both in one column
    [word(1, 1, "申请人"), word(1, 2, "7")],  # a heading
    [word(1, 1, "0")],  # one figure for all columns, as in a row of one cell
])  # fmt: skip
def test_a_cell_that_may_be_so_stays(words: list[Char]) -> None:
    grid = table(cell(1, 0, "5"), cell(1, 1, " ".join(w.text for w in words), cols=2))
    assert mended(grid, words) == Mended(grid)


def test_what_is_left_of_a_wall_is_no_figure() -> None:
    grid = table(cell(1, 0, "5"), cell(1, 1, "0 1 7", cols=2), cell(1, 3, "9"))
    wall = Char("1", Box(79, 24, 81, 36))
    found = mended(grid, [word(1, 1, "0"), wall, word(1, 2, "7")])
    assert [c.text for c in found.grid.cells if c.row == 1] == ["5", "0", "7", "9"]
    assert found.remains == (wall.box,)


@pytest.mark.parametrize(("at", "text"), [(40.4, "5"), (79.6, "5"), (60.0, "1 5")])
def test_what_stands_on_a_wall_of_its_cell_is_left_of_it(at: float, text: str) -> None:
    grid = table(cell(1, 0, "4"), cell(1, 1, "1 5"), cell(1, 2, "0"), cell(1, 3, "9"))
    stroke = Char("1", Box(at - 0.7, 25, at + 0.7, 33))
    found = mended(grid, [stroke, word(1, 1.2, "5")])
    assert [c.text for c in found.grid.cells if c.row == 1] == ["4", text, "0", "9"]
    assert found.remains == ((stroke.box,) if text == "5" else ())


def test_a_wall_that_nothing_else_has_goes_through_what_is_written() -> None:
    grid = Grid(
        (cell(0, 0, "a", rows=2), cell(0, 1, ""), cell(1, 1, "3"), cell(0, 2, "4", rows=2)), "ruled"
    )
    found = mended(grid, []).grid
    assert [(c.row, c.row_end, c.text) for c in found.cells] == [
        (0, 2, "a"),
        (0, 2, "3"),
        (0, 2, "4"),
    ]


def test_two_rows_of_one_column_stay() -> None:
    grid = Grid((cell(0, 0, "a", rows=2), cell(0, 1, "2"), cell(1, 1, "3")), "ruled")
    assert mended(grid, []).grid == grid


def parted_column(*rows: tuple[str, str]) -> Grid:
    """A column that is parted in all rows but the four uppermost."""
    whole = [cell(row, 1, text, cols=2) for row, text in enumerate(("其他", "4", "5", "6"))]
    cells = [cell(row, 0, "a") for row in range(len(rows) + 4)] + whole
    for row, (left, right) in enumerate(rows, start=4):
        cells += [cell(row, 1, left), cell(row, 2, right)]
    return Grid(tuple(sorted(cells, key=lambda c: (c.row, c.col))), "ruled")


def test_a_stroke_down_a_column_is_no_wall() -> None:
    found = mended(parted_column(("", "0"), ("7", "")), []).grid
    assert [c.text for c in found.cells if c.col == 1] == ["其他", "4", "5", "6", "0", "7"]
    assert found.cells[-1].place.box == Box(40, 100, 120, 120)


@pytest.mark.parametrize("rows", [
    (("5", "0"), ("", "0")),  # figures on both sides
    (("", "0"), ("", "0"), ("", "0")),  # in the others it may be worn
])  # fmt: skip
def test_a_wall_of_a_part_of_a_table_stays(rows: tuple[tuple[str, str], ...]) -> None:
    grid = parted_column(*rows)
    assert mended(grid, [word(4, 1, "5"), word(4, 2, "0")]).grid == grid


def test_what_is_left_of_a_stroke_beside_a_figure_stays_in_doubt() -> None:
    """It may be a digit: then the cell is for a person."""
    stroke = Char("1", Box(77, 85, 80, 95))
    found = mended(parted_column(("1", "0"), ("", "0")), [stroke, word(4, 2, "0")]).grid
    assert [c.text for c in found.cells if c.col == 1] == ["其他", "4", "5", "6", "1 0", "0"]


def disputes(*last: str, wide: dict[int, int]) -> tuple[Grid, list[Char]]:
    """A row of cells under a heading; ``wide``: those that are as wide as several, and how many."""
    box = Box(0, 0, 15 * WIDTH, HEIGHT)
    heading = Cell(0, 0, 1, len(last), "行政复议", Place(page=1, box=box))
    cells, words, x = [heading], [], 0.0
    for col, text in enumerate(last):
        width = WIDTH * wide.get(col, 1)
        box = Box(x, HEIGHT, x + width, 2 * HEIGHT)
        cells.append(Cell(1, col, 2, col + 1, text, Place(page=1, box=box)))
        for n, part in enumerate(text.split()):
            at = x + WIDTH * (n + 0.5) if part != "|" else x + WIDTH
            words.append(Char(part, Box(at - 1, HEIGHT + 5, at + 1, HEIGHT + 14)))
        x += width
    return Grid(tuple(cells), "ruled", Place(page=1)), words


@pytest.mark.parametrize("wide", [{11: 2}, {2: 2, 9: 2}, {0: 4}, {3: 3, 8: 2}])
def test_a_column_as_wide_as_several_is_as_many_where_the_form_has_them(
    wide: dict[int, int],
) -> None:
    numbers, row = iter(range(15)), []
    while len(row) < 15 - sum(n - 1 for n in wide.values()):
        row.append(" ".join(str(next(numbers)) for _ in range(wide.get(len(row), 1))))
    found = widened(*disputes(*row, wide=wide))
    assert [c.text for c in found.grid.cells if c.row == 1] == [str(n) for n in range(15)]
    assert [c.col for c in found.grid.cells if c.row == 1] == list(range(15))
    assert found.grid.cells[0].col_end == found.grid.n_cols == 15
    assert found.count == sum(n - 1 for n in wide.values())


@pytest.mark.parametrize(("text", "wide"), [("37", {11: 2}), ("3 7", {})])
def test_a_row_that_may_lack_any_column_stays(text: str, wide: dict[int, int]) -> None:
    row = [str(n) for n in range(14)]
    row[11] = text
    grid, words = disputes(*row, wide=wide)
    assert widened(grid, words) == Mended(grid)
