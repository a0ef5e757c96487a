"""The functions that formulas can call, by their English names."""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from autograder.questions.formulas.nodes import (
    Context,
    Function,
    Node,
    Result,
    map_values,
    read_argument,
    read_scalar,
)
from autograder.questions.formulas.values import (
    DIVIDED_BY_ZERO,
    MAX_TEXT,
    NOT_FOUND,
    NUMBER_RANGE,
    OUTSIDE,
    SHAPES_DIFFER,
    TOO_MUCH,
    WRONG_TYPE,
    Criterion,
    Failure,
    FormulaError,
    Grid,
    Value,
    compare_values,
    fold_text,
    make_date,
    make_wildcard_test,
    parse_date,
    split_date,
    to_bool,
    to_number,
    to_text,
    weigh_wildcard,
)

MANY = 100

_LETTERS = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(" +")


# ------------------------------------------------------------------ numbers of ranges


def _read_all(context: Context, nodes: Sequence[Node]) -> list[Result]:
    return [read_argument(context, node) for node in nodes]


def _iter_numbers(values: Sequence[Result], *, skip_errors: bool = False) -> Iterator[float]:
    """Yield the numbers: in cells only real numbers count, written values are turned into numbers."""
    for value in values:
        if isinstance(value, Grid):
            for cell in value.cells:
                if isinstance(cell, float):
                    yield cell
                elif isinstance(cell, FormulaError) and not skip_errors:
                    raise Failure(cell)
        elif not (skip_errors and isinstance(value, FormulaError)):
            yield to_number(value)


def _over_numbers(calculate: Callable[[list[float]], Value]) -> Callable[[Context, Sequence[Node]], Result]:
    def call(context: Context, nodes: Sequence[Node]) -> Result:
        return calculate(list(_iter_numbers(_read_all(context, nodes))))

    return call


def _average(numbers: list[float]) -> Value:
    return math.fsum(numbers) / len(numbers) if numbers else DIVIDED_BY_ZERO


def _median(numbers: list[float]) -> Value:
    return float(statistics.median(numbers)) if numbers else NUMBER_RANGE


def _count(context: Context, nodes: Sequence[Node]) -> Result:
    total = 0
    for value in _read_all(context, nodes):
        if isinstance(value, Grid):
            total += sum(1 for cell in value.cells if isinstance(cell, float))
        else:
            try:
                to_number(value)
                total += 1
            except Failure:
                continue
    return float(total)


def _count_all(context: Context, nodes: Sequence[Node]) -> Result:
    values = _read_all(context, nodes)
    cells = sum(1 for v in values if isinstance(v, Grid) for cell in v.cells if cell is not None)
    return float(cells + sum(1 for v in values if not isinstance(v, Grid)))


def _count_blank(context: Context, nodes: Sequence[Node]) -> Result:
    grid = _read_grid(context, nodes[0])
    return float(grid.height * grid.width - sum(1 for cell in grid.cells if cell is not None and cell != ""))


def _read_grid(context: Context, node: Node) -> Grid:
    value = read_argument(context, node)
    if isinstance(value, FormulaError):
        raise Failure(value)
    return value if isinstance(value, Grid) else Grid([[value]], 1, 1)


def _sum_products(context: Context, nodes: Sequence[Node]) -> Result:
    grids = [_read_grid(context, node) for node in nodes]
    if any(grid.shape != grids[0].shape for grid in grids):
        return SHAPES_DIFFER
    height = max(len(grid.rows) for grid in grids)
    width = max((len(grid.rows[0]) for grid in grids if grid.rows), default=0)
    context.spend(3 * height * width * len(grids))
    total = []
    for row in range(height):
        for column in range(width):
            product = 1.0
            for grid in grids:
                inside = row < len(grid.rows) and column < len(grid.rows[row])
                cell = grid.rows[row][column] if inside else None
                if isinstance(cell, FormulaError):
                    return cell
                product *= cell if isinstance(cell, float) else 0.0
            total.append(product)
    return math.fsum(total)


# ------------------------------------------------------------------ conditions


def _select(context: Context, pairs: Sequence[Node]) -> tuple[Grid, list[bool], bool]:
    """Return the first range, which of its cells meet all conditions, and whether blank cells do."""
    if len(pairs) % 2:
        raise Failure(FormulaError("#ERROR!", "pairs"))
    first: Grid | None = None
    chosen: list[bool] = []
    is_blank_chosen = True
    for place in range(0, len(pairs), 2):
        grid = _read_grid(context, pairs[place])
        criterion = Criterion(read_scalar(context, pairs[place + 1]))
        context.spend(len(grid.cells) * criterion.cost // 4)
        met = criterion.select(grid)
        is_blank_chosen = is_blank_chosen and criterion.matches(None)
        if first is None:
            first, chosen = grid, met
            continue
        if grid.shape != first.shape:
            raise Failure(SHAPES_DIFFER)
        length = max(len(chosen), len(met))
        blank = criterion.matches(None)
        chosen += [False] * (length - len(chosen))
        met += [blank] * (length - len(met))
        chosen = [a and b for a, b in zip(chosen, met, strict=True)]
    if first is None:
        raise Failure(FormulaError("#ERROR!", "pairs"))
    return first, chosen, is_blank_chosen


def _count_if(context: Context, nodes: Sequence[Node]) -> Result:
    grid, chosen, is_blank_chosen = _select(context, nodes)
    beyond = grid.height * grid.width - len(chosen) if is_blank_chosen else 0
    return float(sum(chosen) + beyond)


def _pick_numbers(values: Grid, shape: tuple[int, int], chosen: list[bool]) -> list[float]:
    if values.shape != shape:
        raise Failure(SHAPES_DIFFER)
    picked = []
    for cell, is_chosen in zip(values.cells, chosen, strict=False):
        if is_chosen:
            if isinstance(cell, FormulaError):
                raise Failure(cell)
            if isinstance(cell, float):
                picked.append(cell)
    return picked


def _numbers_if(context: Context, nodes: Sequence[Node]) -> list[float]:
    """SUMIF and AVERAGEIF: the range of conditions first, the range of values last and optional."""
    grid, chosen, _blank = _select(context, nodes[:2])
    values = _read_grid(context, nodes[2]) if len(nodes) == 3 else grid
    return _pick_numbers(values, grid.shape, chosen)


def _numbers_ifs(context: Context, nodes: Sequence[Node]) -> list[float]:
    """SUMIFS and AVERAGEIFS: the range of values first."""
    values = _read_grid(context, nodes[0])
    grid, chosen, _blank = _select(context, nodes[1:])
    return _pick_numbers(values, grid.shape, chosen)


def _sum_if(context: Context, nodes: Sequence[Node]) -> Result:
    return math.fsum(_numbers_if(context, nodes))


def _sum_ifs(context: Context, nodes: Sequence[Node]) -> Result:
    return math.fsum(_numbers_ifs(context, nodes))


def _average_if(context: Context, nodes: Sequence[Node]) -> Result:
    return _average(_numbers_if(context, nodes))


def _average_ifs(context: Context, nodes: Sequence[Node]) -> Result:
    return _average(_numbers_ifs(context, nodes))


# ------------------------------------------------------------------ logic


def _if(context: Context, nodes: Sequence[Node]) -> Result:
    condition = nodes[0].evaluate(context)
    if isinstance(condition, Grid) and not condition.is_single:
        whole = [condition, *(node.evaluate(context) for node in nodes[1:])]
        return map_values(context, lambda v: v[1 if to_bool(v[0]) else 2] if len(v) == 3 else to_bool(v[0]), whole)
    is_met = to_bool(read_scalar(context, nodes[0]))
    if is_met:
        return _read_result(context, nodes[1])
    return _read_result(context, nodes[2]) if len(nodes) == 3 else False


def _read_result(context: Context, node: Node) -> Result:
    value = node.evaluate(context)
    return value.single if isinstance(value, Grid) and value.is_single else value


def _if_error(context: Context, nodes: Sequence[Node]) -> Result:
    value = _read_result(context, nodes[0])
    return _read_result(context, nodes[1]) if isinstance(value, FormulaError) else value


def _read_truths(context: Context, nodes: Sequence[Node]) -> list[bool]:
    truths = []
    for value in _read_all(context, nodes):
        if isinstance(value, Grid):
            for cell in value.cells:
                if isinstance(cell, bool | float):
                    truths.append(bool(cell))
                elif isinstance(cell, FormulaError):
                    raise Failure(cell)
        else:
            truths.append(to_bool(value))
    if not truths:
        raise Failure(WRONG_TYPE)
    return truths


def _and(context: Context, nodes: Sequence[Node]) -> Result:
    return all(_read_truths(context, nodes))


def _or(context: Context, nodes: Sequence[Node]) -> Result:
    return any(_read_truths(context, nodes))


def _is_number(context: Context, nodes: Sequence[Node]) -> Result:
    return isinstance(_read_result(context, nodes[0]), float)


def _is_blank(context: Context, nodes: Sequence[Node]) -> Result:
    return _read_grid(context, nodes[0]).single is None


# ------------------------------------------------------------------ single values


def _over_values(calculate: Callable[..., Value]) -> Callable[[Context, Sequence[Node]], Result]:
    """Make a function of single values, which works cell by cell on ranges."""

    def call(context: Context, nodes: Sequence[Node]) -> Result:
        return map_values(context, lambda values: calculate(*values), [node.evaluate(context) for node in nodes])

    return call


def _round(how: str) -> Callable[..., Value]:
    def calculate(value: Value, digits: Value = 0.0) -> Value:
        places = math.trunc(to_number(digits))
        number = Decimal(repr(to_number(value)))
        if not -20 <= places <= 20:
            return float(number) if places > 0 else 0.0
        if number.adjusted() + places > 24:
            return float(number)
        # Adding 0 takes the sign off minus zero.
        return float(number.quantize(Decimal(1).scaleb(-places), rounding=how)) + 0.0

    return calculate


def _integer(value: Value) -> Value:
    return float(math.floor(to_number(value)))


def _remainder(value: Value, divisor: Value) -> Value:
    number, by = to_number(value), to_number(divisor)
    return DIVIDED_BY_ZERO if by == 0 else number - by * math.floor(number / by)


def _left(text: Value, count: Value = 1.0) -> Value:
    return to_text(text)[: _read_count(count)]


def _right(text: Value, count: Value = 1.0) -> Value:
    number = _read_count(count)
    return to_text(text)[-number:] if number else ""


def _middle(text: Value, start: Value, count: Value) -> Value:
    place = _read_count(start)
    if place == 0:
        raise Failure(WRONG_TYPE)
    return to_text(text)[place - 1 : place - 1 + _read_count(count)]


def _read_count(value: Value) -> int:
    number = to_number(value)
    if number < 0:
        raise Failure(WRONG_TYPE)
    return math.floor(min(number, MAX_TEXT))


def _capitalize(text: Value) -> Value:
    composed = unicodedata.normalize("NFC", to_text(text))
    return _LETTERS.sub(lambda found: found[0][:1].upper() + found[0][1:].lower(), composed)


def _substitute(text: Value, old: Value, new: Value, which: Value | None = None) -> Value:
    whole, piece, put = to_text(text), to_text(old), to_text(new)
    if not piece:
        return whole
    if whole.count(piece) * len(put) > MAX_TEXT:
        return TOO_MUCH
    if which is None:
        return whole.replace(piece, put)
    number = _read_count(which)
    if number == 0:
        raise Failure(WRONG_TYPE)
    parts = whole.split(piece)
    return piece.join(parts[:number]) + put + piece.join(parts[number:]) if number < len(parts) else whole


def _join(context: Context, nodes: Sequence[Node]) -> Result:
    pieces, length = [], 0
    for value in _read_all(context, nodes):
        for cell in value.cells if isinstance(value, Grid) else [value]:
            pieces.append(to_text(cell))
            length += len(pieces[-1])
            if length > MAX_TEXT:
                return TOO_MUCH
    return "".join(pieces)


def _date(year: Value, month: Value, day: Value) -> Value:
    numbers = [to_number(value) for value in (year, month, day)]
    if any(abs(number) > 100_000 for number in numbers):
        return NUMBER_RANGE
    made = make_date(*(math.trunc(number) for number in numbers))
    return NUMBER_RANGE if made is None else made


def _date_part(place: int) -> Callable[[Value], Value]:
    def calculate(value: Value) -> Value:
        number = parse_date(value.strip()) if isinstance(value, str) else None
        parts = split_date(to_number(value) if number is None else number)
        return NUMBER_RANGE if parts is None else float(parts[place])

    return calculate


# ------------------------------------------------------------------ looking up


def _find_place(context: Context, wanted: Value, cells: Sequence[Value], how: int) -> int:
    """Return where a value stands: exactly (0), else the nearest not above (-1) or not below (1) it."""
    context.spend(4 * len(cells))
    folded = fold_text(wanted) if isinstance(wanted, str) else wanted
    if how == 0 and isinstance(folded, str) and ("*" in folded or "?" in folded):
        context.spend(weigh_wildcard(folded) * len(cells) // 4)
        match = make_wildcard_test(folded)
        places = (n for n, cell in enumerate(cells) if isinstance(cell, str) and match(fold_text(cell)))
        return next(places, -1)
    best = -1
    for number, cell in enumerate(cells):
        if type(cell) is not type(wanted) and not (isinstance(cell, float) and isinstance(wanted, float)):
            continue
        order = compare_values(cell, wanted)
        if order == 0:
            return number
        is_nearer = best < 0 or compare_values(cell, cells[best]) == -how
        if how and order == how and is_nearer:
            best = number
    return best


def _find_in_sorted(context: Context, wanted: Value, cells: Sequence[Value], how: int) -> int:
    """Return the last place before the values pass the wanted one."""
    context.spend(8 * len(cells))
    place = -1
    for number, cell in enumerate(cells):
        if type(cell) is type(wanted) or (isinstance(cell, float) and isinstance(wanted, float)):
            order = compare_values(cell, wanted)
            if order == -how:
                break
            place = number
    return place


def _read_wanted(context: Context, node: Node) -> Value:
    wanted = read_scalar(context, node)
    return 0.0 if wanted is None else wanted


def _read_row(grid: Grid, row: int) -> list[Value]:
    cells = grid.rows[row] if 0 <= row < len(grid.rows) else []
    return [*cells, *[None] * (min(grid.width, MANY) - len(cells))]


def _vertical_lookup(context: Context, nodes: Sequence[Node]) -> Result:
    wanted, grid = _read_wanted(context, nodes[0]), _read_grid(context, nodes[1])
    column = math.trunc(to_number(read_scalar(context, nodes[2])))
    if column < 1:
        return WRONG_TYPE
    if column > grid.width:
        return OUTSIDE
    is_near = len(nodes) < 4 or to_bool(read_scalar(context, nodes[3]))
    cells = [row[0] for row in grid.rows if row]
    place = _find_in_sorted(context, wanted, cells, -1) if is_near else _find_place(context, wanted, cells, 0)
    if place < 0:
        return NOT_FOUND
    row = grid.rows[place]
    return row[column - 1] if column <= len(row) else None


def _cross_lookup(context: Context, nodes: Sequence[Node]) -> Result:
    wanted = _read_wanted(context, nodes[0])
    keys, values = _read_grid(context, nodes[1]), _read_grid(context, nodes[2])
    if keys.shape != values.shape or 1 not in keys.shape:
        return SHAPES_DIFFER
    how = math.trunc(to_number(read_scalar(context, nodes[4]))) if len(nodes) > 4 else 0
    if how not in (-1, 0, 1, 2):
        return WRONG_TYPE
    if how != 2 and isinstance(wanted, str):
        # Wildcards count only where they are asked for.
        wanted_text = fold_text(wanted)
        context.spend(len(keys.cells))
        same = next((n for n, cell in enumerate(keys.folded) if cell == wanted_text), -1)
        place = same if same >= 0 or how == 0 else _find_place(context, wanted, keys.cells, how)
    else:
        place = _find_place(context, wanted, keys.cells, 0 if how == 2 else how)
    if place < 0:
        return _read_result(context, nodes[3]) if len(nodes) > 3 else NOT_FOUND
    return values.cells[place] if place < len(values.cells) else None


def _match(context: Context, nodes: Sequence[Node]) -> Result:
    wanted, grid = _read_wanted(context, nodes[0]), _read_grid(context, nodes[1])
    if 1 not in grid.shape:
        return NOT_FOUND
    how = math.trunc(to_number(read_scalar(context, nodes[2]))) if len(nodes) > 2 else 1
    if how == 0:
        place = _find_place(context, wanted, grid.cells, 0)
    else:
        place = _find_in_sorted(context, wanted, grid.cells, -1 if how > 0 else 1)
    return float(place + 1) if place >= 0 else NOT_FOUND


def _index(context: Context, nodes: Sequence[Node]) -> Result:
    grid = _read_grid(context, nodes[0])
    numbers = [math.trunc(to_number(read_scalar(context, node))) for node in nodes[1:]]
    row, column = numbers[0], numbers[1] if len(numbers) > 1 else 1
    if len(numbers) == 1 and grid.height == 1:
        row, column = 1, numbers[0]
    if not (0 <= row <= grid.height and 0 <= column <= grid.width):
        return OUTSIDE
    if row == 0 and column == 0:
        return grid
    if row == 0:
        return Grid([[line[column - 1] if column <= len(line) else None] for line in grid.rows], grid.height, 1)
    if column == 0:
        return Grid([_read_row(grid, row - 1)], 1, grid.width)
    line = grid.rows[row - 1] if row <= len(grid.rows) else []
    return line[column - 1] if column <= len(line) else None


def _rank(context: Context, nodes: Sequence[Node]) -> Result:
    number = to_number(read_scalar(context, nodes[0]))
    numbers = list(_iter_numbers([_read_grid(context, nodes[1])]))
    is_ascending = len(nodes) > 2 and to_bool(read_scalar(context, nodes[2]))
    if number not in numbers:
        return NOT_FOUND
    return 1.0 + sum(1 for other in numbers if (other < number if is_ascending else other > number))


def _pick_ordered(is_largest: bool) -> Callable[[Context, Sequence[Node]], Result]:
    def call(context: Context, nodes: Sequence[Node]) -> Result:
        numbers = sorted(_iter_numbers([_read_grid(context, nodes[0])]), reverse=is_largest)
        place = math.trunc(to_number(read_scalar(context, nodes[1])))
        return numbers[place - 1] if 1 <= place <= len(numbers) else NUMBER_RANGE

    return call


def _of_some(calculate: Callable[[list[float]], float]) -> Callable[[list[float]], Value]:
    """Make the least or greatest of no number 0."""
    return lambda numbers: calculate(numbers) if numbers else 0.0


FUNCTIONS: dict[str, Function] = {
    "SUM": Function(1, MANY, _over_numbers(math.fsum)),
    "AVERAGE": Function(1, MANY, _over_numbers(_average)),
    "MIN": Function(1, MANY, _over_numbers(_of_some(min))),
    "MAX": Function(1, MANY, _over_numbers(_of_some(max))),
    "MEDIAN": Function(1, MANY, _over_numbers(_median)),
    "COUNT": Function(1, MANY, _count),
    "COUNTA": Function(1, MANY, _count_all),
    "COUNTBLANK": Function(1, 1, _count_blank),
    "SUMIF": Function(2, 3, _sum_if),
    "SUMIFS": Function(3, MANY, _sum_ifs),
    "COUNTIF": Function(2, 2, _count_if),
    "COUNTIFS": Function(2, MANY, _count_if),
    "AVERAGEIF": Function(2, 3, _average_if),
    "AVERAGEIFS": Function(3, MANY, _average_ifs),
    "SUMPRODUCT": Function(1, MANY, _sum_products),
    "IF": Function(2, 3, _if),
    "IFERROR": Function(2, 2, _if_error),
    "AND": Function(1, MANY, _and),
    "OR": Function(1, MANY, _or),
    "NOT": Function(1, 1, _over_values(lambda value: not to_bool(value))),
    "ROUND": Function(2, 2, _over_values(_round(ROUND_HALF_UP))),
    "ROUNDUP": Function(2, 2, _over_values(_round(ROUND_UP))),
    "ROUNDDOWN": Function(2, 2, _over_values(_round(ROUND_DOWN))),
    "ABS": Function(1, 1, _over_values(lambda value: abs(to_number(value)))),
    "INT": Function(1, 1, _over_values(_integer)),
    "MOD": Function(2, 2, _over_values(_remainder)),
    "LEN": Function(1, 1, _over_values(lambda text: float(len(to_text(text))))),
    "TRIM": Function(1, 1, _over_values(lambda text: _SPACES.sub(" ", to_text(text)).strip(" "))),
    "LEFT": Function(1, 2, _over_values(_left)),
    "RIGHT": Function(1, 2, _over_values(_right)),
    "MID": Function(3, 3, _over_values(_middle)),
    "UPPER": Function(1, 1, _over_values(lambda text: to_text(text).upper())),
    "LOWER": Function(1, 1, _over_values(lambda text: to_text(text).lower())),
    "PROPER": Function(1, 1, _over_values(_capitalize)),
    "CONCAT": Function(1, MANY, _join),
    "CONCATENATE": Function(1, MANY, _join),
    "SUBSTITUTE": Function(3, 4, _over_values(_substitute)),
    "VALUE": Function(1, 1, _over_values(lambda value: float(to_number(value)))),
    "VLOOKUP": Function(3, 4, _vertical_lookup),
    "XLOOKUP": Function(3, 5, _cross_lookup),
    "INDEX": Function(2, 3, _index),
    "MATCH": Function(2, 3, _match),
    "DATE": Function(3, 3, _over_values(_date)),
    "YEAR": Function(1, 1, _over_values(_date_part(0))),
    "MONTH": Function(1, 1, _over_values(_date_part(1))),
    "DAY": Function(1, 1, _over_values(_date_part(2))),
    "RANK": Function(2, 3, _rank),
    "LARGE": Function(2, 2, _pick_ordered(True)),
    "SMALL": Function(2, 2, _pick_ordered(False)),
    "ISNUMBER": Function(1, 1, _is_number),
    "ISBLANK": Function(1, 1, _is_blank),
}
