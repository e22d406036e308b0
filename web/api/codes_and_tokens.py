"""Logging in: a code to a phone; and a bearer token for a code, or for a staff's password and TOTP."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, RootModel
from sqlalchemy.orm import Session

from web import limits
from web.api.blueprint import v1
from web.api.fields import TEXT, Taken
from web.auth import EVERYONE, may_enter
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import TOKEN_LIFE
from zero_work_market.people.employers.queries import employer_id_of_account
from zero_work_market.people.workers.queries import worker_id_of_account

Typed = Annotated[str, Field(max_length=128, pattern=TEXT)]


class CodeRequest(Taken):
    phone: Typed = Field(examples=["13812345678"])


class PhoneLogin(Taken):
    phone: Typed
    code: Typed


class StaffLogin(Taken):
    login_name: Typed
    password: Typed
    totp: Typed


class Login(RootModel[PhoneLogin | StaffLogin]):
    """A phone with the code sent to it, or a staff's login name with password and TOTP."""


class TokenOut(BaseModel):
    """The token is shown this once. `worker_id` and `employer_id` say what the account is registered as."""

    token: str
    expires_at: datetime
    worker_id: int | None
    employer_id: int | None


@v1.post("/login-codes")
@v1.input(CodeRequest, arg_name="asked")
@v1.output({}, status_code=204)
@limits.logins
@may_enter(EVERYONE)
def send_code(asked: CodeRequest) -> tuple[str, int]:
    """Send a six-digit code to a phone"""
    with transaction() as session:
        accounts.request_code(session, phone=asked.phone, at=clock.now())
    return "", 204


@v1.post("/tokens")
@v1.input(Login, arg_name="login")
@v1.output(TokenOut, status_code=201)
@limits.logins
@may_enter(EVERYONE)
def make_token(login: Login) -> TokenOut:
    """Exchange a code, or a staff's password and TOTP, for a bearer token

    A wrong code or password is 422: 401 is kept for tokens.
    """
    at = clock.now()
    with transaction() as session:
        account = _tried(session, login.root, at)
        if isinstance(account, Account):
            return TokenOut(
                token=accounts.issue_token(session, account_id=account.id, at=at),
                expires_at=at + TOKEN_LIFE,
                worker_id=worker_id_of_account(session, account.id),
                employer_id=employer_id_of_account(session, account.id),
            )
    raise account


def _tried(session: Session, login: PhoneLogin | StaffLogin, at: datetime) -> Account | LeyeError:
    if isinstance(login, PhoneLogin):
        return accounts.try_code(session, phone=login.phone, code=login.code, at=at)
    return accounts.try_password(session, login_name=login.login_name, password=login.password, totp=login.totp, at=at)
