"""Money is an integer of fen (分)."""

from decimal import Decimal, InvalidOperation

from zero_work_market.ground.errors import InvalidValue

HIGHEST_FEN = 100_000_000


def fen_from_yuan(text: str, *, field: str) -> int:
    """Fen of an amount typed in yuan ("18", "16.5", "18 元").

    Raises InvalidValue naming `field`: reason "not_a_number", "too_fine" (below a fen), "not_positive", "too_large".
    """
    try:
        fen = Decimal(text.strip().removesuffix("元").strip()) * 100
    except InvalidOperation:
        raise InvalidValue(field=field, reason="not_a_number", given=text) from None
    if not fen.is_finite():
        raise InvalidValue(field=field, reason="not_a_number", given=text)
    if fen != fen.to_integral_value():
        raise InvalidValue(field=field, reason="too_fine", given=text)
    if fen <= 0:
        raise InvalidValue(field=field, reason="not_positive", given=text)
    if fen > HIGHEST_FEN:
        raise InvalidValue(field=field, reason="too_large", given=text)
    return int(fen)
