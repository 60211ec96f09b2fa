"""Runs a SQL script over CSV files with the SQLite that comes with Python, and prints the result of its last query as CSV.

usage: run.py SCRIPT.sql TABLE=FILE.csv ... > answers.csv

Every column is text, every empty cell NULL. The scripts state the policies a second time, by hand.
"""

import csv
import sqlite3
import sys


def main():
    script, *tables = sys.argv[1:]
    database = sqlite3.connect(":memory:")
    for table in tables:
        name, path = table.split("=", 1)
        with open(path, newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            header = next(rows)
            columns = ", ".join(f'"{column}" text' for column in header)
            database.execute(f'create table "{name}" ({columns})')
            marks = ", ".join("?" for _ in header)
            database.executemany(f'insert into "{name}" values ({marks})', ([cell or None for cell in row] for row in rows))
    with open(script, encoding="utf-8") as file:
        statements = file.read()
    *before, last = [part for part in statements.split(";\n") if part.strip()]
    for statement in before:
        database.execute(statement)
    result = database.execute(last)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(column[0] for column in result.description)
    writer.writerows(["" if cell is None else cell for cell in row] for row in result)


main()
