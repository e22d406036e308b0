"""What the site would have sent to a phone, read from its database."""

import re

from zero_work_market.ground import messages
from zero_work_market.ground.db import transaction


def code_sent_to(phone: str, *, purpose: str = "login_code") -> str:
    """The newest code of a phone, however many other messages go out meanwhile."""
    with transaction(read_only=True) as session:
        [sent] = messages.newest(session, phone=phone, purpose=purpose, limit=1)
        code = re.search(r"\d{6}", sent.body or "")
    assert code
    return code.group()
