"""Text of any script in a terminal: right-to-left text leaves the columns and borders around it in order."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from akhbar.terminal import terminal_text

URDU = "کراچی میں بارش کے بعد سڑکیں زیرِ آب، بجلی کی فراہمی معطل"


def shown(text: str, width: int = 40) -> list[str]:
    """The lines of a table with a cell, beside another one."""
    table = Table("story", "words")
    table.add_row(terminal_text(text), "300")
    output = io.StringIO()
    Console(file=output, width=width).print(table)
    return output.getvalue().splitlines()


def test_each_line_of_urdu_is_isolated_in_its_cell_and_the_borders_stay_aligned() -> None:
    lines = shown(URDU)
    cells = [line.split("│")[1].strip() for line in lines if "│" in line]
    assert len(cells) > 1
    assert all(cell[0] == "\u2067" and cell[-1] == "\u2069" for cell in cells)
    assert " ".join(cell[1:-1] for cell in cells) == URDU
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}


def test_urdu_is_aligned_to_the_right_with_its_padding_outside_the_isolate() -> None:
    [_, *lines] = [line.split("│")[1] for line in shown(f"{URDU}\nبارش") if "│" in line]
    assert lines[-1].startswith("  ")
    assert lines[-1].endswith("\u2067بارش\u2069 ")


def test_urdu_words_in_an_english_line_leave_it_left_to_right() -> None:
    [cell] = [line.split("│")[1].strip() for line in shown("The word بارش means rain", 60) if "│" in line]
    assert cell == "\u2066The word بارش means rain\u2069"


@pytest.mark.parametrize("text", ["Rain in Karachi", "", "1 = 1", "Élysée"])
def test_other_text_is_not_isolated(text: str) -> None:
    assert not set("".join(shown(text))) & set("\u2066\u2067\u2068\u2069")


def test_isolates_and_control_characters_of_the_text_itself_are_replaced() -> None:
    [cell] = [line.split("│")[1].strip() for line in shown("\u2069\u202eبارش\x1b[31m") if "│" in line]
    assert cell == "\u2067��بارش�[31m\u2069"


def test_empty_lines_between_paragraphs_stay_empty() -> None:
    cells = [line.split("│")[1].strip() for line in shown("بارش\n\nسڑکیں") if "│" in line]
    assert cells == ["\u2067بارش\u2069", "", "\u2067سڑکیں\u2069"]
