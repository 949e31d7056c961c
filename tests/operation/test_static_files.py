"""Static files of two releases, while one takes the place of the other."""

from contextlib import closing

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponseNotFound
from django.test import RequestFactory

from victory.static_files import StaticFilesMiddleware

FILES = ("css/victory.css", "js/victory.js")


@pytest.fixture
def release(settings, tmp_path, db):
    """Install a release with a style and a script: how its pages call them, and whom to ask for them.

    With the end of an answer, Django looks after its connections to the database.
    """

    def install(name: str):
        for file in FILES:
            path = tmp_path / name / "static" / file
            path.parent.mkdir(parents=True)
            path.write_text(f"/* {name}: {file} */")
        settings.DEBUG = False
        settings.STATICFILES_DIRS = [tmp_path / name / "static"]
        settings.STATIC_ROOT = tmp_path / name / "collected"
        backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
        call_command("collectstatic", interactive=False, verbosity=0)
        addresses = [staticfiles_storage.url(file) for file in FILES]
        middleware = StaticFilesMiddleware(lambda request: HttpResponseNotFound())
        return addresses, lambda address: middleware(RequestFactory().get(address))

    return install


def test_page_of_one_release_is_dressed_by_the_other(release):
    old, from_old = release("old")
    new, from_new = release("new")
    assert not set(old) & set(new)

    for addresses, name, ask in ((old, "new", from_new), (new, "old", from_old)):
        for address, file in zip(addresses, FILES, strict=True):
            with closing(ask(address)) as answer:
                text = answer.getvalue()
            assert answer.status_code == 200
            assert text == f"/* {name}: {file} */".encode()
            assert answer["Cache-Control"] == "max-age=60, public"  # soon it is asked for again


def test_files_of_the_own_release_are_kept_for_good(release):
    addresses, ask = release("new")
    for address in addresses:
        with closing(ask(address)) as answer:
            assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "nothing", ["/static/css/none.0123456789ab.css", "/static/css/victory.0123.css", "/"]
)
def test_what_is_in_no_release_is_not_there(release, nothing):
    _, ask = release("new")
    assert ask(nothing).status_code == 404
