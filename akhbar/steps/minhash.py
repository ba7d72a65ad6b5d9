"""MinHash bands, which find copies of a text: an agency's story in two sections, or in two newspapers."""

from struct import pack
from zlib import crc32

from rensa import RMinHash

SHINGLE = 3
"""Words per shingle."""
BANDS, ROWS = 8, 4
"""Texts that share 60 % of their shingles share a band in 7 of 10 cases; at 80 % it is 99 in 100, at 20 % 1 in 100:
1 - (1 - share ** ROWS) ** BANDS."""
SHORTEST = 20
"""Words. Shorter texts cannot be told apart."""


def minhash_bands(text: str) -> list[int] | None:
    """The MinHash bands of a text, as 32-bit integers; None if the text is too short.

    They are stored and compared for years, so the same text always has the same bands, on every machine.
    """
    words = text.lower().split()
    if len(words) < SHORTEST:
        return None
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=1)
    sketch.update(list(map(" ".join, zip(*(words[at:] for at in range(SHINGLE)), strict=False))))
    digest = sketch.digest()
    bands = (digest[at : at + ROWS] for at in range(0, BANDS * ROWS, ROWS))
    return [crc32(pack(f"<{ROWS + 1}I", number, *band)) - 2**31 for number, band in enumerate(bands)]
