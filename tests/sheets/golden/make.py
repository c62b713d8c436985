"""Rebuilds the golden workbooks: ``python tests/sheets/golden/make.py [name …]``.

Each case is named for its one difficulty and for what it is written with. Those of the office suite
are only rebuilt where ``soffice`` is installed. expected.json is never rebuilt here: it says what a
person reads in the sheet, and is written by hand or reviewed by eye. A case that can only be read with
a layout has that as layout.yaml.
"""

from __future__ import annotations

import sys

from cases_of_files import FILES
from cases_of_layouts import LAYOUTS
from cases_of_tables import TABLES
from cases_of_values import VALUES
from writing import HERE

CASES = {**VALUES, **TABLES, **FILES, **LAYOUTS}


def main(names):
    """Write the workbooks of these cases, or of all."""
    for name, (suffix, make) in CASES.items():
        if names and name not in names:
            continue
        data = make()
        if data is None:
            print(f"{name}: soffice is not installed, left as it is")
            continue
        (HERE / name).mkdir(exist_ok=True)
        (HERE / name / f"workbook.{suffix}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
