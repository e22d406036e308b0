import pytest

from web.app import create_app

OPEN_BY_NATURE = {"static", "openapi.spec"}


@pytest.fixture(scope="module")
def app():
    return create_app()


def test_every_route_declares_who_may_enter(app):
    views = {endpoint: view for endpoint, view in app.view_functions.items() if endpoint not in OPEN_BY_NATURE}
    assert views
    assert sorted(endpoint for endpoint, view in views.items() if not getattr(view, "who", ())) == []


def test_every_template_compiles(app):
    names = app.jinja_env.list_templates()
    assert names
    for name in names:
        app.jinja_env.get_template(name)
