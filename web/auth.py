"""Who is asking, and who may enter. A route that doesn't say who may enter lets nobody in."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from apiflask import APIFlask
from flask import Response, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from labor_brands.partners import queries as partners
from labor_brands.partners.rules import SignedRequest, request_message
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotAllowed
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import OutOfScope, Permission, Role, allowed, require, scope_of
from zero_work_market.people.employers.queries import employer_id_of_account
from zero_work_market.people.workers.queries import worker_id_of_account

EVERYONE, LOCAL, ACCOUNT, WORKER, EMPLOYER = "everyone", "local", "account", "worker", "employer"
PARTNER = "partner"
"""The site of a partner region, by the signature of its request."""
DEMO = "demo"
"""Everyone, in demo alone; elsewhere the page isn't there."""

_STAFF = "staff:"
View = TypeVar("View", bound=Callable[..., Any])


class LoginNeeded(LeyeError):
    code = "login_needed"


@dataclass(frozen=True)
class Held:
    """A role for a region, as the viewer holds it."""

    role: Role
    region: str


@dataclass(frozen=True)
class Viewer:
    """Whoever asks; `account_id` None is a visitor."""

    account_id: int | None = None
    name: str = ""
    grants: tuple[Held, ...] = ()
    worker_id: int | None = None
    employer_id: int | None = None

    def scopes(self, permission: Permission) -> tuple[str, ...]:
        """Regions for which the viewer has a permission."""
        return scope_of(self.grants, permission)

    def may(self, permission: Permission, region: str) -> bool:
        return allowed(self.grants, permission, region)

    def require(self, permission: Permission, region: str) -> None:
        """Raises OutOfScope or NotAllowed unless the viewer has the permission there."""
        require(self.grants, permission, region)

    def as_worker(self) -> Actor:
        return Actor(self.account_id, "worker")

    def as_employer(self) -> Actor:
        return Actor(self.account_id, "employer")

    def as_staff(self, permission: Permission, region: str | None = None) -> Actor:
        """The viewer acting by the first grant that gives the permission (there). Raises NotAllowed or OutOfScope."""
        for held in self.grants:
            if scope_of((held,), permission) and (region is None or allowed((held,), permission, region)):
                return Actor(self.account_id, held.role, held.region)
        raise NotAllowed(permission=permission) if region is None else OutOfScope(permission=permission, region=region)


VISITOR = Viewer()


class _LoggedIn(UserMixin):  # type: ignore[misc]
    def __init__(self, account_id: int, epoch: int, viewer: Viewer = VISITOR) -> None:
        self.id = f"{account_id}:{epoch}"
        self.viewer = viewer


def staff(permission: Permission) -> str:
    """Staff who have a permission somewhere; the view checks where."""
    return f"{_STAFF}{permission.value}"


def may_enter(*who: str) -> Callable[[View], View]:
    """Declare who may enter a route. Several mean any of them."""

    def declare(view: View) -> View:
        view.who = who  # type: ignore[attr-defined]
        return view

    return declare


def viewer() -> Viewer:
    """Whoever asks now."""
    if "viewer" not in g:
        g.viewer = _from_token() if is_api() else _from_cookie()
    found: Viewer = g.viewer
    return found


def log_in(account: Account) -> None:
    login_user(_LoggedIn(account.id, account.session_epoch), remember=True)
    g.pop("viewer", None)


def log_out() -> None:
    logout_user()
    g.pop("viewer", None)


def init_app(app: APIFlask) -> None:
    manager = LoginManager(app)
    manager.user_loader(_load)
    app.before_request(_let_in)


def _let_in() -> Response | None:
    if request.endpoint is None or request.endpoint in ("static", "openapi.spec"):
        return None
    who = getattr(current_app.view_functions[request.endpoint], "who", ())
    if any(_enters(one) for one in who):
        return None
    if DEMO in who:
        abort(404)
    if viewer().account_id is not None and PARTNER not in who:
        return _without_role(who)
    if is_api():
        raise LoginNeeded()
    for_staff = any(one.startswith(_STAFF) for one in who)
    next_page = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("everyone.staff_login" if for_staff else "everyone.login", next=next_page))  # type: ignore[return-value]


def _without_role(who: tuple[str, ...]) -> Response:
    """Someone logged in who hasn't registered as a worker or employer yet is led to do so."""
    if request.method == "GET" and not is_api() and not viewer().grants:
        if who == (WORKER,):
            return redirect(url_for("workers.register"))  # type: ignore[return-value]
        if who == (EMPLOYER,):
            return redirect(url_for("employers.register"))  # type: ignore[return-value]
    raise NotAllowed(who=who)


def _enters(who: str) -> bool:
    asking = viewer()
    if who.startswith(_STAFF):
        return bool(asking.scopes(Permission(who.removeprefix(_STAFF))))
    allowed_by = {
        EVERYONE: True,
        DEMO: bool(current_app.config["LEYE"].demo),
        LOCAL: request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers,
        ACCOUNT: asking.account_id is not None,
        WORKER: asking.worker_id is not None,
        EMPLOYER: asking.employer_id is not None,
        PARTNER: who == PARTNER and partner_asking() is not None,
    }
    return allowed_by[who]


def is_api() -> bool:
    """Asked by a program: no cookie counts, and refusals are JSON."""
    return request.path.startswith(("/api/", "/exchange/v1/"))


def partner_asking() -> str | None:
    """Code of the partner region whose site signed this request just now; None for anybody else."""
    if "partner" not in g:
        g.partner = _from_signature()
    found: str | None = g.partner
    return found


def _from_signature() -> str | None:
    told = request.headers
    path = f"{request.path}?{request.query_string.decode('latin-1')}"
    try:
        asked = SignedRequest(
            partner=told["X-Exchange-Partner"], key=told["X-Exchange-Key"],
            signed_at=datetime.fromisoformat(told["X-Exchange-Date"]),
            signature=b64decode(told["X-Exchange-Signature"], validate=True),
            message=request_message(path, told["X-Exchange-Date"]),
        )  # fmt: skip
        with transaction(read_only=True) as session:
            return partners.asker(session, asked, at=clock.now()).code
    except (KeyError, ValueError, TypeError, LeyeError):
        return None


def _from_cookie() -> Viewer:
    return getattr(current_user, "viewer", VISITOR)


def _from_token() -> Viewer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return VISITOR
    with transaction(read_only=True) as session:
        account = accounts.account_of_token(session, token=token.strip(), at=clock.now())
        return VISITOR if account is None else _viewer_of(session, account)


def _load(user_id: str) -> _LoggedIn | None:
    account_id, _, epoch = user_id.partition(":")
    if not (account_id.isdecimal() and epoch.isdecimal()):
        return None
    with transaction(read_only=True) as session:
        account = session.get(Account, int(account_id))
        if account is None or account.closed_at is not None or account.session_epoch != int(epoch):
            return None
        return _LoggedIn(account.id, account.session_epoch, _viewer_of(session, account))


def _viewer_of(session: Any, account: Account) -> Viewer:
    return Viewer(
        account_id=account.id,
        name=account.display_name,
        grants=tuple(Held(grant.role, grant.region) for grant in account.grants),
        worker_id=worker_id_of_account(session, account.id),
        employer_id=employer_id_of_account(session, account.id),
    )
