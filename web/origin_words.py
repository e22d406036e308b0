"""What a worker's home, its proof and the aids for it are called."""

from datetime import date

from sqlalchemy.orm import Session

from zero_work_market.people.origins.queries import Home
from zero_work_market.people.origins.rules import Proof, Status
from zero_work_market.policy.welcome_work.queries import aids
from zero_work_market.policy.welcome_work.rules import Chance, Need, chances
from zero_work_market.reference.regions.queries import chongqing, provinces
from zero_work_market.statistics.cooperation import queries as cooperation
from zero_work_market.statistics.cooperation.rules import FROM

STATUSES = {Status.NONE: "不是", Status.LIFTED: "是，脱贫人口（含防返贫监测对象）"}
PROOFS = {
    Proof.HANDBOOK: "扶贫手册、脱贫证明", Proof.SYSTEM: "乡村振兴系统里查到", Proof.PARTNER: "结对地区给的名单",
    Proof.HOUSEHOLD: "户口本（只证明家在哪）",
}  # fmt: skip
NEEDS = {
    Need.MOVED: "老家在中西部、在这里干了活", Need.LIFTED: "脱贫身份核过", Need.STABLE: "干满 3 个月",
}  # fmt: skip


def home_options() -> list[tuple[str, str]]:
    """Provinces to choose from, Chongqing's districts after it."""
    found = []
    for province in provinces():
        found.append((province.code, province.name))
        if province.code == "500000":
            found += [(one.code, f"　{one.name}") for one in chongqing()]
    return found


def proof_said(home: Home) -> str:
    """ "扶贫手册、脱贫证明，编号 5001…"."""
    kind, _, number = (home.proof or "").partition(":")
    return f"{PROOFS[Proof(kind)]}，编号 {number}" if kind else ""


def chances_of(session: Session, home: Home | None, worker_id: int, *, today: date) -> tuple[Chance, ...]:
    """The aids of someone who came from elsewhere; none for who is at home in Shandong or hasn't told."""
    person = cooperation.person(session, worker_id)
    if home is None or (person and person.is_native):
        return ()
    met = {
        Need.MOVED: person is not None and person.moved and person.belt in FROM,
        Need.LIFTED: home.status is Status.LIFTED and home.proven_at is not None,
        Need.STABLE: person is not None and person.stable_on is not None,
    }
    return chances(aids(), [need for need, is_met in met.items() if is_met], on=today)
