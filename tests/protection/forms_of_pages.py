"""What the pages of an organization ask for: by route, the fields of the forms that are posted to it."""

from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from tests.routes import ROUTES
from tests.test_markup_sweep import own_address

Fields = dict[str, set[str]]


class FormReader(HTMLParser):
    """Collects each form of a page: where it is posted to, and its fields with the values they offer."""

    def __init__(self, address: str):
        super().__init__()
        self.address = address
        self.fields: dict[str, Fields] = defaultdict(lambda: defaultdict(set))
        self.by_id: dict[str, str] = {}
        self.action = self.select = self.area = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.action = self._to(given.get("action"))
            if "id" in given:
                self.by_id[given["id"]] = self.action
        action = self._to(given["formaction"]) if "formaction" in given else self.action
        if "form" in given:
            action = self.by_id.get(given["form"], action)
        if action is None:
            return
        if tag in ("input", "button") and "name" in given:
            self.fields[action][given["name"]].add(given.get("value") or "")
        elif tag == "select" and "name" in given:
            self.select = self.fields[action][given["name"]]
        elif tag == "option" and self.select is not None:
            self.select.add(given.get("value") or "")
        elif tag == "textarea" and "name" in given:
            self.area = self.fields[action][given["name"]]

    def handle_data(self, data):
        if self.area is not None:
            self.area.add(data.strip())

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def _to(self, action: str | None) -> str:
        return urlsplit(urljoin(self.address, action or "")).path


def fields_by_route(client: Client, organization, rows) -> dict[str, Fields]:
    """What is asked for on the pages that the client sees, by the name of the route it is posted to."""
    asked: dict[str, Fields] = defaultdict(lambda: defaultdict(set))
    for route in ROUTES:
        address = own_address(route, organization, rows)
        page = client.get(address)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        reader = FormReader(address)
        reader.feed(page.text)
        for action, fields in reader.fields.items():
            try:
                name = resolve(action).url_name
            except Resolver404:
                continue
            for field, values in fields.items():
                asked[name][field] |= values
    return asked
