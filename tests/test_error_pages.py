"""What somebody sees when there is no page, no permission, no session, or something broke."""

from django.test import Client

from victory.views import pages


def test_page_that_does_not_exist_leads_back_to_the_workbook(manager):
    response = manager.get("/o/enfield/no-such-page/")

    assert response.status_code == 404
    assert "There is no such page" in response.text and 'href="/"' in response.text


def test_outsider_sees_the_same_page_as_for_an_organization_that_does_not_exist(outsider, organization):
    theirs, nobodys = outsider.get("/o/enfield/"), outsider.get("/o/nobody/")

    assert theirs.status_code == nobodys.status_code == 404
    assert "Enfield" not in theirs.text


def test_page_beyond_ones_role_says_so(viewer):
    response = viewer.post("/o/enfield/drivers/customers/")

    assert response.status_code == 403
    assert "Your role does not allow this" in response.text


def test_part_of_a_page_asked_for_without_a_session_is_told_so(organization):
    """A redirect would put the sign-in page in the place of the row that is being typed."""
    response = Client(headers={"hx-request": "true"}).post(
        "/o/enfield/drivers/customers/", {"name": "Residents"}
    )

    assert response.status_code == 401


def test_error_of_ours_is_said_without_needing_anything(manager, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(pages, "render", broken)
    manager.raise_request_exception = False

    response = manager.get("/o/enfield/")

    assert response.status_code == 500
    assert "Something broke on our side" in response.text


def test_request_that_is_too_large_is_told_so(manager, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = manager.post("/o/enfield/focus/rights/", {"text": "x" * 2000})

    assert response.status_code == 400
    assert "That was too much" in response.text
