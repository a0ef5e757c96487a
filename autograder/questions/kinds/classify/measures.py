"""How right the labels of all items are together: balanced (G1), by cost (G3), by groups (G6)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any


def score_by_balance(truth: dict[str, str], given: dict[str, str], labels: int) -> float:
    """Return the class-balanced accuracy, corrected so that a constant answer earns 0.

    Parameters
    ----------
    truth : dict
        Item → true label.
    given : dict
        Item → given label.
    labels : int
        How many labels can be chosen.

    Returns
    -------
    float
        0..1.  Chance is one over the number of classes present, which is what the best constant answer reaches;
        it equals one over the number of labels as soon as every label occurs.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G1.
    """
    sizes = Counter(truth.values())
    if not sizes:
        return 0.0
    right = Counter(label for identity, label in truth.items() if given.get(identity) == label)
    accuracy = sum(right[label] / size for label, size in sizes.items()) / len(sizes)
    chance = 1 / (len(sizes) if len(sizes) > 1 else max(labels, 2))
    return max(0.0, (accuracy - chance) / (1 - chance))


def score_by_cost(
    truth: dict[str, str], given: dict[str, str], matrix: dict[str, dict[str, float]], labels: tuple[str, ...]
) -> float:
    """Return 1 minus the cost of an answer, measured by the cost of the best constant answer.

    Parameters
    ----------
    truth : dict
        Item → true label.
    given : dict
        Item → given label; an item that is missing costs the dearest entry of its row.
    matrix : dict
        True label → given label → cost.
    labels : tuple of str
        All labels.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G3.
    """
    if not given:
        return 0.0
    rows = {identity: matrix.get(label, {}) for identity, label in truth.items()}
    cost = 0.0
    for identity, row in rows.items():
        dearest = max(row.values(), default=0.0)
        cost += row.get(given[identity], 0.0) if identity in given else dearest
    constant = min(sum(row.get(label, 0.0) for row in rows.values()) for label in labels)
    if constant == 0:
        return 1.0 if cost == 0 and len(given) == len(truth) else 0.0
    return max(0.0, 1 - cost / constant)


def score_by_clusters(truth: Mapping[str, str], given: Mapping[str, str]) -> float:
    """Return how well the items are put together, corrected so that a constant answer earns 0.

    Parameters
    ----------
    truth : Mapping
        Item → true label; items with the same one belong together.
    given : Mapping
        Item → given label.  Only which items share one counts, not which one it is; an item without a label stands
        alone.

    Returns
    -------
    float
        0..1: ``max(0, (F1 - c) / (1 - c))`` with F1 over the pairs that are put together, and c the F1 of putting all
        together.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G6; §3.1, M10-E2.
    """
    given = {identity: label for identity, label in given.items() if identity in truth}
    wanted = count_pairs(truth.values())
    made = count_pairs(given.values())
    both = count_pairs((truth[identity], label) for identity, label in given.items())
    if wanted == 0:
        # Nothing belongs together: right is only to keep all apart, and to have answered.
        return 1.0 if made == 0 and truth and len(given) == len(truth) else 0.0
    found = 2 * both / (wanted + made)
    chance = 2 * wanted / (wanted + math.comb(len(truth), 2))
    if chance >= 1:
        return 1.0 if found == 1 else 0.0
    return max(0.0, (found - chance) / (1 - chance))


def count_pairs(names: Any) -> int:
    """Return how many pairs have the same name.

    Raises
    ------
    nothing
    """
    return sum(math.comb(size, 2) for size in Counter(names).values())


def find_whole_clusters(truth: Mapping[str, str], given: Mapping[str, str]) -> set[str]:
    """Return the items that are put together with exactly those they belong to, whatever the label says.

    Raises
    ------
    nothing
    """
    wanted, made = Counter(truth.values()), Counter(given.values())
    both = Counter((truth[identity], label) for identity, label in given.items())
    return {
        identity
        for identity, label in given.items()
        if both[truth[identity], label] == wanted[truth[identity]] == made[label]
    }
