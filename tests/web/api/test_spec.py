"""The OpenAPI document."""

import pytest

PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PUBLIC = {"/api/v1/login-codes", "/api/v1/tokens"}


@pytest.fixture
def document(api):
    answer = api().get("/openapi.json")
    assert answer.status_code == 200
    return answer.json


def operations(document):
    return [(path, operation) for path, named in document["paths"].items() for operation in named.values()]


def test_document_holds_the_api_alone_and_every_endpoint_of_it(document):
    assert document["openapi"].startswith("3.1")
    assert {
        (method, path.removeprefix("/api/v1")) for path, named in document["paths"].items() for method in named
    } == {
        ("post", "/login-codes"),
        ("post", "/tokens"),
        ("get", "/postings"),
        ("post", "/postings"),
        ("post", "/postings/parse"),
        ("get", "/postings/{posting_id}"),
        ("get", "/postings/{posting_id}/shortlist"),
        ("post", "/postings/{posting_id}/invitations"),
        ("post", "/postings/{posting_id}/acceptances"),
        ("get", "/recommendations"),
        ("get", "/statistics/placements"),
    }


def test_every_body_is_required_and_its_refusals_named(document):
    with_body = [operation for _, operation in operations(document) if "requestBody" in operation]
    assert len(with_body) == 5
    for operation in with_body:
        assert operation["requestBody"]["required"] is True
        assert {"400", "413", "422", "429"} <= operation["responses"].keys()


def test_every_refusal_has_the_one_shape(document):
    refusals = [
        answer
        for _, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status.startswith("4")
    ]
    assert refusals
    assert all(answer["content"] == PROBLEM for answer in refusals)


def test_what_needs_a_token_says_so(document):
    for path, operation in operations(document):
        needed = {"401", "403"} & operation["responses"].keys()
        secured = operation.get("security", [{}])
        assert bool(needed) == ({} not in secured), path
        assert path not in PUBLIC or "security" not in operation


def test_schemas_have_their_own_names_and_every_reference_leads_to_one(document, api):
    schemas = document["components"]["schemas"]
    text = api().get("/openapi.json").text
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= schemas.keys()
    assert {"NewPosting", "PostingOut", "Problem", "Finding"} <= schemas.keys()
    assert not any("." in name or "__" in name for name in schemas)
