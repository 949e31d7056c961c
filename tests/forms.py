"""A form as it stands on a page: what a browser would post from there."""

from html.parser import HTMLParser

NOT_POSTED = ("submit", "button", "checkbox", "radio")
"""Not without being pressed or checked."""


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.fields, self.open_forms = {}, [], []
        self.area = self.select = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.open_forms.append(given.get("action", ""))
            self.forms[given.get("id")] = given.get("action", "")
        elif tag in ("input", "button", "textarea", "select") and given.get("name"):
            self.take(tag, given)
        elif (
            tag == "option" and self.select is not None and ("selected" in given or not self.select["value"])
        ):
            self.select["value"] = [given.get("value", "")]

    def take(self, tag, given):
        of = ("id", given["form"]) if "form" in given else ("here", self.open_forms[-1:])
        entry = {"of": of, "name": given["name"], "value": []}
        if tag == "textarea":
            self.area, entry["value"] = entry, [""]
        elif tag == "select":
            self.select = entry
        elif tag == "input" and ("checked" in given or given.get("type") not in NOT_POSTED):
            entry["value"] = [given.get("value", "")]
        self.fields.append(entry)

    def handle_data(self, text):
        if self.area is not None:
            self.area["value"][0] += text

    def handle_endtag(self, tag):
        if tag == "form" and self.open_forms:
            self.open_forms.pop()
        elif tag == "textarea" and self.area is not None:
            self.area["value"][0] = self.area["value"][0].removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None


def form_to(address: str, page: str) -> dict[str, str]:
    """What the form that leads to this address posts as it stands, by the names of its fields."""
    read = _Fields()
    read.feed(page)
    found = {}
    for entry in read.fields:
        kind, key = entry["of"]
        action = read.forms.get(key) if kind == "id" else (key[0] if key else None)
        if action == address and entry["value"]:
            found[entry["name"]] = entry["value"][-1]
    return found
