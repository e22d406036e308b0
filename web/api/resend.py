"""Requests that may be sent twice: a key says that two are one."""

from typing import Annotated

from pydantic import BaseModel, Field

from web.api.fields import LEFT_OUT
from zero_work_market.ground.once import LONGEST_KEY


class Sent(BaseModel):
    """Headers of a request whose work is done once, however often it is sent with one key."""

    idempotency_key: Annotated[str, Field(pattern="^[!-~]+$", max_length=LONGEST_KEY)] | None = LEFT_OUT
