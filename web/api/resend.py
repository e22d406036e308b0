"""Requests that may be sent twice: a key says that two are one."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError

from web.api.fields import LEFT_OUT
from zero_work_market.ground.once import LONGEST_KEY

P = ParamSpec("P")
Answer = TypeVar("Answer")


class Sent(BaseModel):
    """Headers of a request whose work is done once, however often it is sent with one key."""

    idempotency_key: Annotated[str, Field(pattern="^[!-~]+$", max_length=LONGEST_KEY)] | None = LEFT_OUT


def tried_again(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Of two with one key at one moment the second fails, for a key is kept once; tried again, it finds the first."""

    @wraps(view)
    def trying(*args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return view(*args, **kwargs)
        except IntegrityError:
            return view(*args, **kwargs)

    return trying
