"""Exports as tests compare them."""

import io
import json

from actionplans.models import Action, Review, ReviewLine
from metrics.models import Metric
from victory.models import Deletion
from victory.portable import read_package, restore, write_export
from victory.portable.tables import exported_fields, is_key, tables
from victory.tenancy import is_tenant_key


def export_of(organization) -> bytes:
    file = io.StringIO()
    write_export(organization, file)
    return file.getvalue().encode()


def told(organization) -> dict:
    return json.loads(export_of(organization))


def restored(content: bytes, by):
    return restore(package=read_package(content), by=by)


def with_own_keys(export: dict) -> dict:
    """The tables that are restored, with each key as its place among all the keys of its table.

    Two exports that say the same with other keys are then equal.
    """
    kept = {table.label: table for table in tables() if table.is_restored}
    places = {label: {key: n for n, key in enumerate(sorted(_keys(export, label)))} for label in kept}

    def place(model, key):
        return None if key is None else places[model._meta.label_lower].get(key, "gone")

    def renumbered(model, part, row):
        of = model if part == "rows" else model.history.model
        row = dict(row)
        for field in exported_fields(of):
            if field.name in row and (field.name == "id" or (is_key(field) and is_tenant_key(field))):
                row[field.name] = place(field.related_model or model, row[field.name])
        if model is ReviewLine:
            row["metric_key"] = place(Metric, row["metric_key"])
        if model is Review and row["frozen"]:
            frozen = row["frozen"] = json.loads(json.dumps(row["frozen"]))
            of_actions = [frozen["decided"], frozen["open"]]
            of_actions += [rows for rows in frozen["pack"].values() if isinstance(rows, list)]
            for action in (each for rows in of_actions for each in rows if "key" in each):
                action["key"] = place(Action, action["key"])
        if model is Deletion and part == "rows":
            row["rows"] = [
                {
                    "model": each["model"],
                    "fields": renumbered(
                        kept[each["model"]].model, "rows", each["fields"] | {"id": each["pk"]}
                    ),
                }
                for each in row["rows"]
            ]
            row["cut"] = [
                [label, place(kept[label.lower()].model, key), name, "…"]
                for label, key, name, _value in row["cut"]
            ]
        return row

    return {
        label: {
            part: [renumbered(kept[label].model, part, row) for row in rows]
            for part, rows in export["tables"][label].items()
        }
        for label in kept
    }


def _keys(export, label) -> set[int]:
    return {row["id"] for rows in export["tables"][label].values() for row in rows}
