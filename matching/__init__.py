"""Columns in, ranked rows out: workers for a posting, postings for a worker, exactly and with reasons.

Knows no database, no clock and no network. `matching.text` reads job titles, `matching.reference` is the definition.
"""

from matching.assign import Assignment, assign
from matching.crews import Crew, crew
from matching.explain import Brand, Certificate, Explanation, Floor, Gain, Quarters
from matching.frames import Postings, Workers
from matching.index import Engine
from matching.merge import merge
from matching.ranking import Ranking, Rankings
from matching.skills import OccupationTree
from matching.weights import Weights

__all__ = [
    "Assignment",
    "Brand",
    "Certificate",
    "Crew",
    "Engine",
    "Explanation",
    "Floor",
    "Gain",
    "OccupationTree",
    "Postings",
    "Quarters",
    "Ranking",
    "Rankings",
    "Weights",
    "Workers",
    "assign",
    "crew",
    "merge",
]
