"""One line of a grid as somebody typed it, held against what is stored.

The two grids (customers against criteria, needs against deliverables) hold small whole numbers and
save by the line: every cell is posted together with what it showed before, so that a cell somebody
else has changed meanwhile is noticed and never overwritten unseen.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import F
from django.utils.translation import gettext as _

from victory.models import Member


def somebody_else(key: int) -> str:
    return _("Somebody else")


@dataclass
class TypedLine:
    """What to change in a line of cells, and what is wrong with it; `shown` is what stood in each before.

    `who` names the person who wrote a cell meanwhile.
    """

    who: Callable[[int], str] = somebody_else
    shown: dict[int, str] = field(default_factory=dict)
    typed: dict[int, str] = field(default_factory=dict)
    changes: dict[int, int | None] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)

    def enter(self, key: int, text: str, *, was: str, stored: int | None, allowed: Collection[int]):
        """Take what was entered into a cell that showed `was`; a blank one clears the value."""
        self.shown[key] = was
        if text.strip() == was:
            return
        self.typed[key] = text
        now = "" if stored is None else str(stored)
        if text.strip() == now:
            return
        if now != was:
            self.problems[key] = entered_meanwhile(self.who(key), now)
        elif not text.strip():
            self.changes[key] = None
        elif text.strip().isdecimal() and len(text.strip()) < 4 and int(text) in allowed:
            self.changes[key] = int(text)
        else:
            self.problems[key] = _("“%(typed)s” is not on the scale: %(scale)s, or nothing.") % {
                "typed": text[:20],
                "scale": scale_in_words(allowed),
            }


def read_line(
    post: Mapping[str, str],
    stored: Mapping[int, int],
    keys: Collection[int],
    allowed: Collection[int],
    *,
    who: Callable[[int], str],
) -> TypedLine:
    """Read the cells `cell-<key>` of a posted line, each with `was-<key>`, the value it showed before.

    Nothing is to be changed in a line with a problem in it. `who` names the person who wrote a cell.
    """
    line = TypedLine(who)
    for key in keys:
        text, was = post.get(f"cell-{key}"), post.get(f"was-{key}", "")
        if text is not None:
            line.enter(key, text, was=was, stored=stored.get(key), allowed=allowed)
    return line


def entered_meanwhile(who: str, now: str) -> str:
    """The question that somebody is asked whose cell has another value now, with both answers."""
    if not now:
        return _("%(who)s cleared this meanwhile. Enter yours again, or leave it empty.") % {"who": who}
    return _(
        "%(who)s entered %(now)s meanwhile. Enter yours again to replace it, or %(now)s to keep theirs."
    ) % {"who": who, "now": now}


def who_wrote(model, to: str, key: int, **line) -> str:
    """The name of whoever wrote or cleared a cell last, as its history knows."""
    newest = model.history.filter(**line, **{f"{to}_id": key}).first()
    member = newest and Member.objects.filter(pk=newest.history_member_id).first()
    return str(member or somebody_else(key))


def what_stands(line: TypedLine, key: int, stored: str) -> tuple[str, str]:
    """The text of a cell after its line was posted, and what it counts as having shown.

    Only a cell that was saved, or whose problem has been told, moves on to what is stored: any other
    still shows what it did, and must not take somebody else's value for seen.
    """
    told = key in line.problems if line.problems else key in line.typed
    was = stored if told else line.shown.get(key, stored)
    return (line.typed.get(key, was) if line.problems else was), was


def typed_cells(post: Mapping[str, str]) -> list[str]:
    """What somebody typed into the cells of a line that is not there any more."""
    cells = {name.removeprefix("cell-"): text for name, text in post.items() if name.startswith("cell-")}
    return [text for key, text in cells.items() if text.strip() and text.strip() != post.get(f"was-{key}")]


def scale_in_words(allowed: Collection[int]) -> str:
    values = sorted(allowed)
    if len(values) == values[-1] - values[0] + 1:
        return _("a whole number from %(low)s to %(high)s") % {"low": values[0], "high": values[-1]}
    return ", ".join(str(value) for value in values)


def save_line(model, line: TypedLine, *, of: str, row, to: str, value: str):
    """Carry out the changes, and let the row move on: where it is open, it may list its cells."""
    save_cells(model, line, of=of, row=row, to=to, value=value)
    if line.changes:
        type(row).objects.filter(pk=row.pk).update(version=F("version") + 1)


def save_cells(model, line: TypedLine, *, of: str, row, to: str, value: str, **shared):
    """Carry out the changes: `model` holds a cell's value for this row (`of`) and another one (`to`).

    `shared` is what the cells of the line have in common besides the row.
    """
    shared[of] = row
    present = {getattr(cell, f"{to}_id"): cell for cell in model.objects.filter(**shared)}
    for key, new in line.changes.items():
        cell = present.get(key)
        if new is None:
            if cell:
                cell.delete()
            continue
        cell = cell or model(organization=row.organization, **shared, **{f"{to}_id": key})
        setattr(cell, value, new)
        cell.save()
