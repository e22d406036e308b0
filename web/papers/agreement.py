"""The agreement on paper, with both signatures as they were drawn."""

import json

from sqlalchemy.orm import Session

from web.agreements import SIDES, at_said, check_address, source_said
from web.papers.sheet import Sheet, Signed
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries
from zero_work_market.rights.contracts.models import Agreement, Signature
from zero_work_market.rights.contracts.queries import Proof
from zero_work_market.rights.contracts.rules import Side, State, parts_of


def agreement_paper(session: Session, agreement: Agreement) -> bytes:
    """The PDF of an agreement, with full names and numbers. Raises NotFound when its text is gone."""
    if agreement.text is None:
        raise NotFound(what="agreement")
    placement = session.get_one(Placement, agreement.placement_id)
    posting, worker = session.get_one(Posting, placement.posting_id), session.get_one(Worker, placement.worker_id)
    proof = queries.verify(session, agreement.id)
    text = agreement.text.decode()
    title = text.partition("\n")[0] + ("（作废）" if agreement.state == State.VOID else "")
    sheet = Sheet(title, at=agreement.signed_at or agreement.made_at, number=agreement.number)
    for heading, paragraphs in parts_of(text):
        sheet.heading(heading)
        for paragraph in paragraphs:
            sheet.text(paragraph)
    names = {Side.EMPLOYER: posting.employer.name, Side.WORKER: worker.name or ""}
    sheet.space()
    sheet.signatures(
        [_signed(side, name, queries.signature_of(agreement, side), proof) for side, name in names.items()]
    )
    sheet.code(check_address(agreement), _proof_said(agreement, proof))
    return sheet.output()


def _signed(side: Side, name: str, signature: Signature | None, proof: Proof) -> Signed:
    who = f"{SIDES[side]}：{name}"
    if signature is None:
        return Signed(who, [], ["还没签"])
    strokes = json.loads(signature.strokes) if signature.strokes else []
    how = "手写签名，手机验证码验过" if strokes else f"打上全名“{name}”签的，手机验证码验过"
    stamps = [f"{source_said(source)}盖的时间：{at_said(at)}" for (of, source), at in proof.times.items() if of == side]
    return Signed(who, strokes, [f"{at_said(signature.signed_at)} 签", how, *stamps])


def _proof_said(agreement: Agreement, proof: Proof) -> str:
    found = "没被改过" if proof.whole else "核对不上，请找零工市场"
    said = f"扫码核对：编号、签的时间、有没有被改过。\n内容校验码（SHA-256）{agreement.text_hash}\n"
    links = "；".join(
        f"{SIDES[one.side]} 第 {one.chain_number} 条 {one.chain_hash[:16]}" for one in agreement.signatures
    )
    said += f"签字时接着全县记录的：{links}\n" if links else ""
    return f"{said}生成这份文件时核对：{found}。办这份约定不收任何费用。"
