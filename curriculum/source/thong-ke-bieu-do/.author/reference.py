"""Reference for the checks of python.ipynb: gives the expected values of random cases."""

from __future__ import annotations

from typing import Any

import pandas as pd


def trung_binh(diem: list[float], so_nguoi: list[int]) -> float:
    """Return the mean of ``diem`` weighted by ``so_nguoi``.

    Parameters
    ----------
    diem : list of float, 0..10, one per class
    so_nguoi : list of int, people, one per class

    Returns
    -------
    float
        0..10.

    Raises
    ------
    nothing
    """
    return sum(d * n for d, n in zip(diem, so_nguoi, strict=True)) / sum(so_nguoi)


def viet_phan_tram(ty_le: float) -> str:
    """Return a percentage in Vietnamese notation, one decimal: 62.48 gives "62,5%".

    Raises
    ------
    nothing
    """
    return f"{ty_le:.1f}".replace(".", ",") + "%"


def ty_le_tu_tep(duong_dan: Any) -> float:
    """Return the overall rate, in per cent, of a CSV with the columns ``dat`` and ``thuoc_dien``.

    Parameters
    ----------
    duong_dan : path or open text file

    Returns
    -------
    float
        0..100.

    Raises
    ------
    nothing
    """
    bang = pd.read_csv(duong_dan)
    return float(bang["dat"].sum() / bang["thuoc_dien"].sum() * 100)
