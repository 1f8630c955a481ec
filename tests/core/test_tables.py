from decimal import Decimal

import pytest

from core.tables import csv_response, csv_table, safe_cell


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|calc", "＝1"])
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("number", [-1, Decimal("-12.50")])
def test_a_negative_number_stays_a_number(number):
    assert safe_cell(number) == str(number)


def test_a_table_is_read_as_what_was_written():
    table = csv_table(["name", "amount"], [["សុខ, ដារា", Decimal(-4100)], ['a "b"\nc', 1]])
    assert table.decode("utf-8-sig") == 'name,amount\r\n"សុខ, ដារា",-4100\r\n"a ""b""\nc",1\r\n'


def test_a_table_is_fetched_and_never_kept_by_a_proxy():
    answer = csv_response(b"", "trail-1.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="trail-1.csv"'
    assert answer["Cache-Control"] == "private, no-store"
