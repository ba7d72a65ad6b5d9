"""Untrusted text of any script in a terminal, beside other text."""

from collections.abc import Iterator
from unicodedata import bidirectional

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.text import Text

from akhbar.printable import printable

RIGHT_TO_LEFT = ("R", "AL")
STRONG = ("L", *RIGHT_TO_LEFT)
LEFT_TO_RIGHT_ISOLATE, RIGHT_TO_LEFT_ISOLATE, END = "\u2066", "\u2067", "\u2069"


def terminal_text(text: str, style: str = "") -> RenderableType:
    """Text for a cell or a block, without control characters. If any of it is written from right to left, each line
    is isolated, so that the terminal keeps its neighbours and borders in their order."""
    shown = Text(printable(text), style)
    directions = [found for character in text if (found := bidirectional(character)) in STRONG]
    if not any(found in RIGHT_TO_LEFT for found in directions):
        return shown
    return Isolated(shown, right_to_left=directions[0] in RIGHT_TO_LEFT)


class Isolated:
    """Text whose lines are isolated after wrapping: a terminal orders each line separately."""

    def __init__(self, text: Text, right_to_left: bool) -> None:
        self._text = text
        self._start = RIGHT_TO_LEFT_ISOLATE if right_to_left else LEFT_TO_RIGHT_ISOLATE
        self._right_to_left = right_to_left

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """The lines, without spaces at their end: spaces inside an isolate would move the text."""
        for line in self._text.wrap(console, options.max_width, justify="left"):
            line.rstrip()
            isolated = Text.assemble(self._start, line, END) if line else line
            isolated.justify = "right" if self._right_to_left else "left"
            yield isolated
