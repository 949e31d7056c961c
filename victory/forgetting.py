"""A person's data on request: handed out, or replaced by “former member” wherever it stands.

What the workbook says was done stays: who did it is no longer told. Texts that people wrote themselves are
theirs and stay as they are, whoever they speak of.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from victory.models import AuditEntry, Invitation, Member
from victory.portable.tables import exported_fields, names_organization, tables
from victory.portable.values import plain
from victory.tenancy import Role, rows_elsewhere
from victory.trail import Event, all_or_nothing, call_write, note_organization

type Replace = Callable[[str], str]


@all_or_nothing()
def forget(*, member: Member, by: Member):
    """Replace the person by “former member” everywhere in the organization.

    Raises ValidationError where that cannot be: nobody forgets themselves, nor somebody twice.
    """
    check_forgettable(member, by)
    was, user = called(member), member.user
    member.name, member.email = free_name(), ""
    member.user, member.active, member.role = None, False, Role.VIEWER
    member.forgotten_at = timezone.now()
    member.save()
    replace = replacement(was, member.name)
    Invitation.objects.filter(member=member).delete()
    Member.history.filter(id=member.pk).update(name=member.name, email="", user=None)
    for rows in rows_with_names(member):
        rename_in(rows, replace)
    for table in tables():
        if user and table.history:
            written = table.history.objects.filter(organization=member.organization, history_user=user)
            written.update(history_user=None)
    AuditEntry.forget(member=member, user=user, replace=replace)
    call_write(Event.MEMBER_FORGOTTEN, organization_id=member.organization_id, detail=member.name)


def check_forgettable(member: Member, by: Member):
    """Raise ValidationError where this person cannot be forgotten by that one."""
    if member == by:
        raise ValidationError(_("Let another admin do this: you would lose your way in by it."))
    if member.forgotten_at:
        raise ValidationError(_("Nothing here says any longer who this was."))


def called(member: Member) -> set[str]:
    """Every name and e-mail address that the person has or had here.

    A name that another member has now is not theirs any longer.
    """
    texts = set(Member.history.filter(id=member.pk).values_list("name", flat=True)) | {member.name}
    texts |= set(Member.history.filter(id=member.pk).values_list("email", flat=True)) | {member.email}
    if member.user:
        texts |= {member.user.name, member.user.email}
    others = Member.objects.exclude(pk=member.pk).values_list("name", flat=True)
    return texts - set(others) - {""}


def free_name() -> str:
    """“former member”, or with the first number that nobody has."""
    first = _("former member")
    numbered = (_("former member %(number)d") % {"number": number} for number in count(2))
    taken = Member.objects.filter(name__istartswith=first).values_list("name", flat=True)
    lowered = {each.lower() for each in taken}
    return next(each for each in chain([first], numbered) if each.lower() not in lowered)


def replacement(texts: set[str], instead: str) -> Replace:
    """What puts another name in the place of these, where they stand as words of their own."""
    longest_first = sorted(texts, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(instead, text)


def rows_with_names(member: Member) -> Iterator[models.QuerySet]:
    """All rows, and those of the histories, in which the application itself may name the person.

    Also those of other organizations that say what somebody of this one told them.
    """
    for table in tables():
        if not getattr(table.model, "names_in", ()):
            continue
        yield table.model.objects.all()
        if table.history:
            yield table.history.objects.filter(organization=member.organization)
        for field in filter(names_organization, table.fields):
            yield rows_elsewhere(table.model, field, member.organization)
            yield table.history.objects.filter(**{field.name: member.organization})


def renamed(rows: models.QuerySet, replace: Replace) -> Iterator[tuple[int, dict]]:
    """By its key, what would change in each row that names somebody."""
    model = getattr(rows.model, "instance_type", rows.model)  # that of a row, for one of its history
    for key, *values in rows.values_list("pk", *model.names_in):
        before = dict(zip(model.names_in, values, strict=True))
        after = model.renamed(before, replace)
        if changed := {field: text for field, text in after.items() if text != before[field]}:
            yield key, changed


def rename_in(rows: models.QuerySet, replace: Replace):
    """Put the other name into these rows.

    The one door past what rows guard when they are saved: it opens closed reviews too, for names alone.
    """
    for key, changed in list(renamed(rows, replace)):
        changing = rows.model._base_manager.filter(pk=key)
        changing.update(**changed)
        note_organization(changing.values_list("organization", flat=True).get())


def data_of(member: Member) -> dict:
    """Everything that names the person in the organization, in the form of an export."""
    told = {}
    for table in tables():
        parts = {"rows": _rows_of(table.model.objects.all(), member)}
        if table.history:
            history = table.history.objects.filter(organization=member.organization)
            parts["history"] = _rows_of(history, member)
        told[table.label] = parts
    find = replacement(called(member), "")
    return {
        "organization": member.organization.name,
        "written_at": plain(timezone.now()),
        "person": {"name": member.name, "email": member.email},
        "rows": {label: parts for label, parts in told.items() if any(parts.values())},
        "named_in": [
            {"table": rows.model._meta.label_lower, "id": key, "fields": sorted(changed)}
            for rows in rows_with_names(member)
            for key, changed in renamed(rows, find)
        ],
    }


def _rows_of(rows: models.QuerySet, member: Member) -> list[dict]:
    """The rows that are the person's, or point to them."""
    fields = exported_fields(rows.model)
    theirs = models.Q(pk__in=[])
    for field in fields:
        if field.related_model is Member:
            theirs |= models.Q(**{field.name: member})
    if getattr(rows.model, "instance_type", rows.model) is Member:
        theirs |= models.Q(id=member.pk)
    found = rows.filter(theirs).order_by("pk").values_list(*(field.attname for field in fields))
    return [{f.name: plain(value) for f, value in zip(fields, row, strict=True)} for row in found]


def what_is_theirs(member: Member) -> list[tuple[str, int]]:
    """What points to the person, as people call it, and how many: it stays, under another name."""
    counts = []
    for table in tables():
        keys = [field for field in table.fields if field.related_model is Member]
        if table.model is AuditEntry or not keys:
            continue
        theirs = models.Q(*((field.name, member) for field in keys), _connector=models.Q.OR)
        counts.append((table.name, table.model.objects.filter(theirs).count()))
    return [(kind, number) for kind, number in counts if number]
