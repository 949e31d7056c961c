"""The forms of a page: what they offer, and what a browser would post from there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_POSTED = ("submit", "button", "checkbox", "radio")
"""Not without being pressed or checked."""


@dataclass
class Field:
    """A field of a form: where that leads to, what it offers, and what it posts as it stands."""

    name: str
    leads_to: str | None
    of_form: str | None = None
    offered: list[str] = field(default_factory=list)
    posted: str | None = None


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.fields: list[Field] = []
        self.addresses_by_id: dict[str, str] = {}
        self.open_forms: list[str] = []
        self.area: Field | None = None
        self.select: Field | None = None

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open_forms.append(given.get("action", ""))
            if "id" in given:
                self.addresses_by_id[given["id"]] = self.open_forms[-1]
        elif tag in ("input", "button", "textarea", "select") and given.get("name"):
            self.take(tag, given)
        elif tag == "option" and self.select is not None:
            self.select.offered.append(given.get("value", ""))
            if "selected" in given or self.select.posted is None:
                self.select.posted = self.select.offered[-1]

    def take(self, tag, given):
        around = self.open_forms[-1] if self.open_forms else None
        of_form = None if "formaction" in given else given.get("form")
        found = Field(given["name"], given.get("formaction", around), of_form)
        self.fields.append(found)
        if tag == "textarea":
            self.area, found.posted = found, ""
        elif tag == "select":
            self.select = found
        else:
            found.offered.append(given.get("value", ""))
            if tag == "input" and ("checked" in given or given.get("type") not in NOT_POSTED):
                found.posted = found.offered[-1]

    def handle_data(self, text):
        if self.area is not None:
            self.area.posted += text

    def handle_endtag(self, tag):
        if tag == "form" and self.open_forms:
            self.open_forms.pop()
        elif tag == "textarea" and self.area is not None:
            self.area.posted = self.area.posted.removeprefix("\n")
            self.area.offered.append(self.area.posted)
            self.area = None
        elif tag == "select":
            self.select = None


def fields_of(page: str) -> list[Field]:
    """Every field of the page that a form posts, in the order they stand in."""
    reader = _Reader()
    reader.feed(page)
    for each in reader.fields:
        if each.of_form is not None:  # a form may come after the fields that name it
            each.leads_to = reader.addresses_by_id.get(each.of_form)
    return [each for each in reader.fields if each.leads_to is not None]


def form_to(address: str, page: str) -> dict[str, str]:
    """What the form that leads to this address posts as it stands, by the names of its fields."""
    return {
        each.name: each.posted
        for each in fields_of(page)
        if each.leads_to == address and each.posted is not None
    }
