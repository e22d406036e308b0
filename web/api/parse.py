"""A pasted message, read."""

from typing import Annotated

from pydantic import Field

from web.api.blueprint import v1
from web.api.fields import Taken
from web.api.spec import BEARER
from web.auth import EMPLOYER, may_enter
from web.parsed import ParsedOut, parsed
from zero_work_market.ground import clock
from zero_work_market.market.reader.queries import read
from zero_work_market.market.reader.rules import MOST_CHARACTERS


class Pasted(Taken):
    message: Annotated[str, Field(max_length=MOST_CHARACTERS, examples=["招包装工 5 名，18 元/小时，嘉祥经开区"])]


@v1.post("/postings/parse")
@v1.input(Pasted, arg_name="pasted")
@v1.output(ParsedOut)
@v1.doc(security=BEARER)
@may_enter(EMPLOYER)
def parse(pasted: Pasted) -> ParsedOut:
    """Read a recruiting message

    Its jobs, each field as the message says it (null where it doesn't) with the pay of workers alone, never what agents
    get; and the kinds of wording in it that a posting may not have. Nothing is kept.
    """
    return parsed(read(pasted.message, on=clock.local_date(clock.now())))
