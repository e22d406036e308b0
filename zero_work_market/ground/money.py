"""Money is an integer of fen (分)."""

import re
import unicodedata
from fractions import Fraction

from zero_work_market.ground.errors import InvalidValue

HIGHEST_FEN = 100_000_000


def fen_from_yuan(text: str, *, field: str) -> int:
    """Fen of an amount typed in yuan ("18", "16.5", "18 元", "１８．５").

    Raises InvalidValue naming `field`: reason "not_a_number", "too_fine" (below a fen), "not_positive", "too_large".
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("元").strip()
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", plain):
        raise InvalidValue(field=field, reason="not_a_number", given=text)
    fen = Fraction(plain) * 100
    if fen <= 0:
        raise InvalidValue(field=field, reason="not_positive", given=text)
    if fen > HIGHEST_FEN:
        raise InvalidValue(field=field, reason="too_large", given=text)
    if fen.denominator != 1:
        raise InvalidValue(field=field, reason="too_fine", given=text)
    return int(fen)
