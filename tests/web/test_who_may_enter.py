"""Every route × everyone: who is let in, and what the others are told. Nothing is listed by hand but what is odd."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from tests.support.agreements import offered
from tests.support.attendance import put_mark
from tests.support.brands import put_brand
from tests.support.cases import file_claim
from tests.support.channels import put_on_a_bus
from tests.support.courses import put_training
from tests.support.crews import put_crew
from tests.support.databases import sqlite_copy
from tests.support.exchange import put_far_rows
from tests.support.hires import put_rows
from tests.support.makers import COUNTY, TOWN, VILLAGE, id_number, make_account, make_staff, make_village, make_worker
from tests.support.market import PACKER
from tests.support.pages import Pages, logged_in
from tests.support.ratings import put_ratings
from tests.support.sheets import make_import
from tests.web.api.scene import a_body, a_posting, an_employer
from web.app import create_app
from web.auth import ACCOUNT, DEMO, EMPLOYER, EVERYONE, LOCAL, PARTNER, WORKER
from web.limits import limiter
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.service import accept
from zero_work_market.people.accounts.rules import PERMISSIONS, Permission, Role
from zero_work_market.people.accounts.service import issue_token
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.rules import NewSkill

APP = create_app(settings())
STAFF = {
    "agent": (Role.VILLAGE_AGENT, VILLAGE), "agent of another village": (Role.VILLAGE_AGENT, f"{TOWN}202"),
    "town": (Role.TOWN, TOWN), "another town": (Role.TOWN, "370829002"),
    "county": (Role.COUNTY, COUNTY), "another county": (Role.COUNTY, "370828"),
    "city": (Role.CITY, "370800"),
}  # fmt: skip
WORKERS, EMPLOYERS = ("worker", "another worker"), ("employer", "another employer")
PERSONS = ("visitor", "account", *WORKERS, *EMPLOYERS, *STAFF)

ID_NUMBER = id_number()
WORDS = {"county": COUNTY, "paper": "licence", "kind": "seats", "occupation": PACKER, "filename": "leye.css"}
WORDS |= {"token": "1.1.AAAAAAAAAAAAAAAA"}
WORDS |= {"indicator": "proven_work"}
"""What stands for a parameter that is no row's id."""
REGIONS = {"worker_id": VILLAGE, "account_id": VILLAGE, "employer_id": COUNTY, "posting_id": COUNTY}
REGIONS |= {"rating_id": COUNTY}
REGIONS |= {"placement_id": VILLAGE}
REGIONS |= {"mark_id": COUNTY}
REGIONS |= {"agreement_id": VILLAGE}
REGIONS |= {"case_id": COUNTY, "project_id": COUNTY}
REGIONS |= {"hours_id": COUNTY, "wage_id": COUNTY}
REGIONS |= {"import_id": TOWN}
REGIONS |= {"course_id": COUNTY, "batch_id": COUNTY, "enrolment_id": VILLAGE, "subsidy_id": COUNTY, "order_id": COUNTY}
WORDS |= {"brand": "jinxiang-suangong"}
REGIONS |= {"brand": COUNTY, "certification_id": COUNTY, "brand_mark_id": COUNTY}
REGIONS |= {"channel_id": COUNTY, "dispatch_id": COUNTY}
REGIONS |= {"partner_code": "370800", "transfer_id": "370800"}
WORDS |= {"partner_code": "500101"}
WORDS |= {"month": f"{clock.local_date(clock.now()):%Y-%m}"}
"""Where a row is, for the staff over it."""
ASKED: Mapping[str, tuple[dict[str, str], str]] = {
    "staff.board": ({"place": VILLAGE}, VILLAGE),
    "staff.dashboard": ({"place": VILLAGE}, VILLAGE),
    "staff.figure": ({"place": VILLAGE}, VILLAGE),
    "staff.counted_persons": ({"place": VILLAGE}, VILLAGE),
    "staff.counted_rows": ({"place": VILLAGE}, VILLAGE),
    "staff.cooperation": ({"place": VILLAGE}, VILLAGE),
    "staff.export": ({"place": TOWN, "indicator": "proven_work"}, TOWN),
    "staff.targets": ({"place": COUNTY}, COUNTY),
    "staff.rows": ({"place": VILLAGE}, VILLAGE),
    "staff.organised": ({"place": COUNTY}, COUNTY),
    "staff.open_channel": ({"origin": COUNTY}, COUNTY),
    "staff.coverage": ({"place": VILLAGE}, VILLAGE),
    "staff.seated_employers": ({"place": TOWN}, TOWN),
    "staff.find": ({"number": ID_NUMBER}, VILLAGE),
    "staff.leave_batch": ({"worker": "1"}, VILLAGE),
    "staff.enrol": ({"number": ID_NUMBER}, COUNTY),
    "staff.exchange": ({}, "370800"),
    "staff.add_partner": ({}, "370800"),
    "staff.make_exchange_key": ({}, "370800"),
    "staff.upload_bundle": ({}, "370800"),
    "staff.try_register": ({"home": VILLAGE}, VILLAGE),
    "staff.create_account": ({"region": VILLAGE}, VILLAGE),
    "staff.add_village": ({"town": TOWN}, TOWN),
    "api.placements": ({"region": TOWN}, TOWN),
    "api.show_shortlist": ({}, TOWN),
}
"""What an address or a form asks for by name, and where that is."""
BODIES = {"api.publish": a_body(), "api.invite": {"count": 1}}
AROUND = {"staff.course", "staff.batch", "staff.enrol"}
"""What staff see, and agents of a village there, who have only a part of the county in which it is."""
UNTOLD = {"staff.find", "api.show_shortlist"}
"""Where staff from elsewhere aren't even told that there is such a row."""


@dataclass(frozen=True)
class Route:
    endpoint: str
    method: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_api(self) -> bool:
        return self.endpoint.startswith("api.")

    @property
    def rule(self) -> Rule:
        return next(rule for rule in APP.url_map.iter_rules(self.endpoint) if self.method in (rule.methods or ()))

    @property
    def who(self) -> tuple[str, ...]:
        open_by_nature = self.endpoint in ("static", "openapi.spec")
        return (EVERYONE,) if open_by_nature else APP.view_functions[self.endpoint].who  # type: ignore[attr-defined]

    @property
    def region(self) -> str | None:
        """Where that is what staff ask for, if it is anywhere."""
        if self.endpoint in ASKED:
            return ASKED[self.endpoint][1]
        return next((where for name, where in REGIONS.items() if name in self.rule.arguments), None)

    def __str__(self) -> str:
        return " ".join((self.method, self.endpoint, *(value for _, value in self.choices)))


def routes() -> list[Route]:
    """Every route with every method and, of a parameter that takes one of some words, every word."""
    found = []
    for rule in APP.url_map.iter_rules():
        choices: list[tuple[tuple[str, str], ...]] = [()]
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                choices = [(*held, (name, word)) for held in choices for word in sorted(converter.items)]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found += [Route(rule.endpoint, method, held) for held in choices]
    return sorted(found, key=str)


ROUTES = routes()
POSTS = [route for route in ROUTES if route.method != "GET" and not route.is_api]
GUARDED = [route for route in ROUTES if route.is_api and EVERYONE not in route.who]
REACHING = {
    Route("staff.change_worker", "POST", (("what", "home"),)): "home", Route("staff.try_register", "POST"): "home",
    Route("staff.add_village", "POST"): "town", Route("staff.create_account", "POST"): "region",
    Route("staff.grant", "POST"): "region", Route("staff.board", "GET"): "place",
    Route("staff.dashboard", "GET"): "place", Route("staff.figure", "GET"): "place",
    Route("staff.counted_persons", "GET"): "place", Route("staff.targets", "GET"): "place",
    Route("staff.counted_rows", "GET"): "place", Route("staff.cooperation", "GET"): "place",
    Route("api.placements", "GET"): "region",
}  # fmt: skip
"""What of a form or an address may name a region that isn't the row's."""


@dataclass(frozen=True)
class Key:
    """What a person's browser and program have of them."""

    cookie: str
    csrf_token: str
    bearer: str


@dataclass(frozen=True)
class Scene:
    database: Path
    ids: Mapping[str, int]
    waiting_id: int
    keys: Mapping[str, Key]


@pytest.fixture(scope="module")
def scene(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A village with a worker who holds a seat of an employer's posting, and an account for each of PERSONS."""
    path = Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("scene") / "leye.sqlite3"))
    engine, at = connect(f"sqlite:///{path}"), clock.now()
    with transaction() as session:
        make_village(session)
        skill = NewSkill(PACKER, 2, "中级工证")
        worker = make_worker(session, number=ID_NUMBER, village=VILLAGE, skills=[skill], at=at)
        accounts = {"account": make_account(session, at=at).id, "worker": worker.account_id}
        accounts["another worker"] = make_worker(session, at=at).account_id
        for name, (role, region) in STAFF.items():
            accounts[name] = make_staff(session, role, region, at=at).account_id
        other = make_staff(session, Role.VILLAGE_AGENT, VILLAGE, at=at).account_id
    employer, another = an_employer(), an_employer()
    accounts |= {"employer": employer.account, "another employer": another.account}
    posting_id, waiting_id = a_posting(employer), a_posting(an_employer(state=Verification.WAITING))
    with transaction() as session:
        accept(session, posting_id=posting_id, worker_id=worker.id, by=SYSTEM, at=at)
        agreement = offered(session, placement_of(session, posting_id=posting_id, worker_id=worker.id), at=at)
        mark_id = put_mark(session, posting_id=posting_id, worker_id=worker.id, at=at)
        rows = put_rows(session, posting_id=posting_id, worker_id=worker.id, employer_id=employer.id, at=at)
        rating_id = put_ratings(session, posting_id=posting_id, worker_id=worker.id, at=at)
        import_id = make_import(session, at=at)
        bus = put_on_a_bus(session, posting_id=posting_id, worker_id=worker.id, at=at)
        crew_id = put_crew(session, posting_id=posting_id, worker_id=worker.id, at=at)
        claim = file_claim(session, worker_id=worker.id, employer_id=employer.id, at=at)
        training = put_training(session, worker=worker, posting_id=posting_id, at=at)
        brand_ids = put_brand(session, code=WORDS["brand"], worker=worker, at=at)
        far = put_far_rows(session, posting_id=posting_id, at=at)
    keys = {"visitor": key(None)} | {name: key(account) for name, account in accounts.items()}
    engine.dispose()
    ids = {"worker_id": worker.id, "account_id": other, "employer_id": employer.id, "posting_id": posting_id}
    ids |= {"rating_id": rating_id}
    ids |= {"import_id": import_id}
    ids |= {"crew_id": crew_id}
    ids |= far
    ids |= rows
    ids |= {"channel_id": bus.channel_id, "dispatch_id": bus.id}
    ids |= {"mark_id": mark_id}
    ids |= {"placement_id": agreement.placement_id}
    ids |= {"agreement_id": agreement.id, "digest": agreement.text_hash[:32]}
    ids |= {"claim_id": claim.id, "case_id": claim.case_id}
    ids |= training
    ids |= brand_ids
    return Scene(path, ids, waiting_id, keys)


def key(account_id: int | None) -> Key:
    client, bearer = logged_in(APP, account_id), ""
    if account_id is not None:
        with transaction() as session:
            bearer = issue_token(session, account_id=account_id, at=clock.now())
    token = Pages(client).token()
    cookie = client.get_cookie("leye")
    assert cookie is not None
    return Key(f"leye={cookie.value}", token, bearer)


@pytest.fixture
def here(scene: Scene) -> Iterator[Scene]:
    """The scene on a database of the test's own, so that what one route does another doesn't see."""
    engine = connect(sqlite_copy(scene.database))
    limiter.enabled = False
    yield scene
    limiter.enabled = True
    engine.dispose()


def path_of(route: Route, scene: Scene) -> str:
    known = WORDS | scene.ids | dict(route.choices)
    unknown = route.rule.arguments - known.keys()
    assert not unknown, f"{route.rule.rule}: say here what stands for {unknown}"
    with APP.test_request_context():
        return url_for(route.endpoint, **{name: known[name] for name in route.rule.arguments})


def ask(
    route: Route, path: str, key: Key, *, said: dict[str, str] | None = None, app: Flask = APP, **environ: str
) -> TestResponse:
    """Ask as a person does: a browser with its cookie and the form's token, a program with its bearer."""
    sent: dict[str, Any] = {"method": route.method, "environ_overrides": environ}
    asked = said or ASKED.get(route.endpoint, ({}, ""))[0]
    if route.is_api:
        sent["headers"] = {"Authorization": f"Bearer {key.bearer}"} if key.bearer else {}
    else:
        sent["headers"] = {"Cookie": key.cookie}
    if route.method == "GET":
        sent |= {"query_string": asked} if asked else {}
    elif route.is_api:
        sent["json"] = BODIES.get(route.endpoint, {})
    else:
        sent["data"] = {"csrf_token": key.csrf_token} | asked
    return app.test_client(use_cookies=False).open(path, **sent)


def told(answer: TestResponse, asked: str) -> str:
    """ "in", where someone is led instead, or the status of a refusal."""
    led = (answer.location or "").partition("?")[0]
    if led in ("/login", "/staff/login", "/work/register", "/hire/register") and led != asked:
        return led
    return "in" if answer.status_code < 400 or answer.status_code in (409, 422) else str(answer.status_code)


SEAT_HOLDERS = ("workers.phone", "workers.rate", "workers.try_rate", "workers.contest_rating")
SEAT_HOLDERS += ("workers.agreement", "workers.agreement_pdf", "workers.sign_code", "workers.sign")
SEAT_HOLDERS += ("workers.complain", "workers.remind")
SEAT_HOLDERS += ("workers.hire", "workers.hours", "workers.say_hours", "workers.slip", "workers.slip_pdf",
                 "workers.answer_paid")  # fmt: skip
SEAT_HOLDERS += ("workers.ride_phone",)
SEAT_HOLDERS += ("workers.arrive", "workers.say_arrived", "workers.contest_mark")
"""Pages for a worker who holds a seat of the posting."""


TRAINEES = {"POST workers.claim_subsidy", "POST workers.book leave"}
"""For a worker who is on the batch's roster."""
OWNED = {"posting_id", "case_id", "project_id"}
"""Rows that are one employer's alone."""


def expected(route: Route, person: str) -> str:
    if route.who == (DEMO,):
        return "404"
    if route.who == (PARTNER,):
        return "401"
    if not any(enters(who, person) for who in route.who):
        return refusal(route, person)
    if person == "another employer" and EMPLOYER in route.who and OWNED & route.rule.arguments:
        return "404"
    owning = route.endpoint in SEAT_HOLDERS or "claim_id" in route.rule.arguments
    if person == "another worker" and (owning or str(route) in TRAINEES):
        return "404"
    if route.endpoint in AROUND and person in STAFF and STAFF[person][1].startswith(COUNTY):
        return "in"
    if person in STAFF and EVERYONE not in route.who and route.region and not covers(STAFF[person][1], route.region):
        return "404" if route.endpoint in UNTOLD else "403"
    return "in"


def enters(who: str, person: str) -> bool:
    if who.startswith("staff:"):
        return person in STAFF and STAFF[person][0] in PERMISSIONS[Permission(who.removeprefix("staff:"))]
    entering = {EVERYONE: PERSONS, LOCAL: PERSONS, ACCOUNT: PERSONS[1:], WORKER: WORKERS, EMPLOYER: EMPLOYERS}
    return person in entering[who]


def refusal(route: Route, person: str) -> str:
    """A visitor is led to log in; who isn't staff, from a page for workers or employers, to register as one."""
    if route.is_api:
        return "401" if person == "visitor" else "403"
    if person == "visitor":
        return "/staff/login" if route.who[0].startswith("staff:") else "/login"
    if route.method == "GET" and person not in STAFF and route.who in ((WORKER,), (EMPLOYER,)):
        return "/work/register" if route.who == (WORKER,) else "/hire/register"
    return "403"


def covers(own: str, region: str) -> bool:
    return region.startswith(own.removesuffix("00"))


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_lets_in_whom_it_says_and_nobody_else(route: Route, here: Scene) -> None:
    path = path_of(route, here)
    found = {person: told(ask(route, path, here.keys[person]), path) for person in PERSONS}
    assert found == {person: expected(route, person) for person in PERSONS}


@pytest.mark.parametrize("route", REACHING, ids=str)
def test_nobody_reaches_out_of_their_own_region(route: Route, here: Scene) -> None:
    """The row may be theirs: what they ask of it is in another town."""
    path, said = path_of(route, here), {REACHING[route]: "370829002"}
    reached = {"agent": "403", "town": "403", "another county": "403", "county": "in", "city": "in"}
    assert {one: told(ask(route, path, here.keys[one], said=said), path) for one in reached} == reached


@pytest.mark.parametrize("deed", ["renew", "end_sessions", "close", "revoke"])
def test_nobody_has_a_say_over_an_account_of_their_own_level(deed: str, here: Scene) -> None:
    with transaction() as session:
        peer = make_staff(session, Role.TOWN, TOWN, at=clock.now()).account_id
    assert peer is not None
    scene, route = replace(here, ids={**here.ids, "account_id": peer}), Route(f"staff.{deed}", "POST")
    said = {"password": "Zq8-long-words", "sure": "1", "region": TOWN}
    path = path_of(route, scene)
    reached = {"town": "403", "another county": "403", "county": "in"}
    assert {one: told(ask(route, path, here.keys[one], said=said), path) for one in reached} == reached


@pytest.mark.parametrize("route", POSTS, ids=str)
def test_no_form_is_taken_without_its_token(route: Route, here: Scene) -> None:
    path, forged = path_of(route, here), Key("", "", "")
    for person in ("visitor", "worker", "employer", "city"):
        for token in ("", here.keys["visitor" if person != "visitor" else "account"].csrf_token):
            sent = replace(forged, cookie=here.keys[person].cookie, csrf_token=token)
            assert ask(route, path, sent).status_code == 400, (person, token)


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_the_api_takes_neither_a_cookie_nor_a_false_bearer(route: Route, here: Scene) -> None:
    path = path_of(route, here)
    for person in PERSONS:
        with_cookie = {"HTTP_COOKIE": here.keys[person].cookie}
        for bearer in ("", here.keys[person].bearer[:-1] or "x", "x"):
            sent = Key("", "", bearer)
            assert ask(route, path, sent, **with_cookie).status_code == 401, (person, bearer)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who == (LOCAL,)], ids=str)
def test_what_is_for_this_machine_is_shut_to_every_other(route: Route, here: Scene) -> None:
    path = path_of(route, here)
    for person in PERSONS:
        refused = "/login" if person == "visitor" else "403"
        assert told(ask(route, path, here.keys[person], REMOTE_ADDR="10.0.0.9"), path) == refused
        assert told(ask(route, path, here.keys[person], HTTP_X_FORWARDED_FOR="10.0.0.9"), path) == refused


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who == (DEMO,)], ids=str)
def test_the_demos_pages_are_open_in_the_demo(route: Route, here: Scene) -> None:
    demo = create_app(replace(settings(), demo=True))
    path = path_of(route, here)
    assert {told(ask(route, path, here.keys[person], app=demo), path) for person in PERSONS} == {"in"}


def test_a_posting_that_staff_havent_let_out_is_there_for_staff_over_its_town_alone(here: Scene) -> None:
    for endpoint in ("everyone.posting", "api.show_posting"):
        route = Route(endpoint, "GET")
        with APP.test_request_context():
            path = url_for(endpoint, posting_id=here.waiting_id)
        found = {person: told(ask(route, path, here.keys[person]), path) for person in PERSONS}
        seeing = {"town", "county", "city"}
        assert found == {person: "in" if person in seeing else "404" for person in PERSONS}, endpoint


def test_each_house_is_for_its_own() -> None:
    """`who` itself can be wrong: nobody but a worker enters the workers' pages, and so on, but to register."""
    registering = {"workers.register", "workers.try_register", "employers.register", "employers.try_register"}
    for route in ROUTES:
        house = route.endpoint.partition(".")[0]
        if route.endpoint in registering:
            assert route.who == (ACCOUNT,), route
        elif house in ("workers", "employers"):
            assert route.who == ((WORKER,) if house == "workers" else (EMPLOYER,)), route
        elif house == "staff":
            assert all(who.startswith("staff:") for who in route.who), route
        elif route.method != "GET" and house == "everyone":
            assert route.who in ((EVERYONE,), (ACCOUNT,)), route
