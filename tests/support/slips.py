"""Names as hurried people write them: one typo, or a character that sounds the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random


def typos(name: str, characters: Sequence[str], random: Random) -> dict[str, str]:
    """By kind the name (of two different characters at least) with one typo; strange characters are of `characters`."""
    at = random.randrange(len(name))
    strange = random.choice([one for one in random.sample(characters, 2) if one != name[at]])
    pair = random.choice([place for place in range(len(name) - 1) if name[place] != name[place + 1]])
    between = random.randrange(len(name) + 1)
    return {
        "left out": name[:at] + name[at + 1 :],
        "added": name[:between] + strange + name[between:],
        "replaced": name[:at] + strange + name[at + 1 :],
        "swapped": name[:pair] + name[pair + 1] + name[pair] + name[pair + 2 :],
    }


class Homophones:
    """Characters by their sound, no tone. `sounds`: character → syllable."""

    def __init__(self, sounds: Mapping[str, str]) -> None:
        self._sounds = sounds
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for character, syllable in sounds.items():
            self._alike[syllable].append(character)

    def slip(self, name: str, random: Random) -> str | None:
        """The name with one character replaced by another that sounds the same; None if none of it has such another."""
        slips = [
            name[:at] + other + name[at + 1 :]
            for at, character in enumerate(name)
            for other in self._alike.get(self._sounds.get(character, ""), ())
            if other != character
        ]
        return random.choice(slips) if slips else None
