"""Breaking Chinese text into lines: anywhere between characters, never inside a word or figure, and no punctuation
where it doesn't belong (避头尾)."""

import re
from collections.abc import Callable

NOT_FIRST = "，。、；：？！）》〉」』】〕”’…—·～%％°.,;:?!)]}"
NOT_LAST = "（《〈「『【〔“‘([{￥¥"
_PIECE = re.compile(r"[!-~À-ɏ–—…]+| +|.", re.DOTALL)
"""A Latin word or figure, spaces, or one character."""


def broken(text: str, *, width: float, measured: Callable[[str], float]) -> list[str]:
    """The lines of `text`, none wider than `width` by `measured` unless a single word is; line feeds are kept."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, width, measured)]


def _lines(text: str, width: float, measured: Callable[[str], float]) -> list[str]:
    lines: list[list[str]] = [[]]
    for piece in _unbreakable(text, width, measured):
        if lines[-1] and measured("".join([*lines[-1], piece]).rstrip()) > width:
            lines.append([])
        if lines[-1] or piece.strip() or len(lines) == 1:
            lines[-1].append(piece)
    if len(lines) > 1 and len(lines[-2]) > 2 and _is_lone(lines[-1]):
        lines[-1].insert(0, lines[-2].pop())
    return ["".join(line).rstrip() for line in lines]


def _is_lone(line: list[str]) -> bool:
    """One character, perhaps with its punctuation: that doesn't stand alone on a last line."""
    return len("".join(line).strip(NOT_FIRST + NOT_LAST + " ")) <= 1


def _unbreakable(text: str, width: float, measured: Callable[[str], float]) -> list[str]:
    """Pieces with the punctuation that must stay with them."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        stays = bool(pieces) and (piece[0] in NOT_FIRST or pieces[-1][-1] in NOT_LAST)
        if stays and measured(pieces[-1] + piece) <= width:
            pieces[-1] += piece
        elif measured(piece) > width:
            pieces.extend(piece)
        else:
            pieces.append(piece)
    return pieces
