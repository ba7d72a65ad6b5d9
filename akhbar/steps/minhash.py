"""MinHash bands, for finding copies of a text, such as an agency's story in two sections or two newspapers."""

from struct import pack
from zlib import crc32

from rensa import RMinHash

SHINGLE = 3
"""Words per shingle."""
BANDS, ROWS = 8, 4
"""Texts that have 60 % of their shingles in common share a band in 7 of 10 cases; with 80 %, in 99 of 100; with 20 %,
in 1 of 100: 1 - (1 - share ** ROWS) ** BANDS."""
SHORTEST = 20
"""Words. Shorter texts cannot be compared reliably."""


def minhash_bands(text: str) -> list[int] | None:
    """The MinHash bands of a text, as 32-bit integers; None if the text is too short.

    Because they are stored for years, the same text must always have the same bands, on every machine.
    """
    words = text.lower().split()
    if len(words) < SHORTEST:
        return None
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=1)
    sketch.update(list(map(" ".join, zip(*(words[at:] for at in range(SHINGLE)), strict=False))))
    digest = sketch.digest()
    bands = (digest[at : at + ROWS] for at in range(0, BANDS * ROWS, ROWS))
    return [crc32(pack(f"<{ROWS + 1}I", number, *band)) - 2**31 for number, band in enumerate(bands)]
