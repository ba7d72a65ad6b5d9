"""MinHash bands: the same for copies of a text, on every machine, for years."""

from akhbar.steps.minhash import BANDS, minhash_bands

TEXT = " ".join(f"word{number}" for number in range(200))
GOLDEN = [89122437, 894657908, 1762583182, 1620428722, 1939035257, -1534295457, -709273629, -202568167]


def shared(one: str, other: str) -> int:
    return len(set(minhash_bands(one) or ()) & set(minhash_bands(other) or ()))


def test_bands_are_the_same_as_those_stored_by_earlier_versions() -> None:
    assert minhash_bands(TEXT) == GOLDEN


def test_a_copy_shares_bands_and_another_text_does_not() -> None:
    assert shared(TEXT, TEXT.upper()) == BANDS
    assert shared(TEXT, f"LAHORE: {TEXT} The end.") >= 1
    assert shared(TEXT, TEXT.replace("word", "other")) == 0


def test_short_texts_have_no_bands() -> None:
    assert minhash_bands(" ".join(["word"] * 19)) is None
    assert minhash_bands(" ".join(["word"] * 20)) is not None


def test_bands_fit_into_a_postgres_integer() -> None:
    assert all(-(2**31) <= band < 2**31 for band in minhash_bands(TEXT) or ())
