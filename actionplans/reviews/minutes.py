"""The minutes of a review: while it is held from what stands now, once it is closed from what is frozen."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.models import Review, ReviewLine
from actionplans.reviews.lines import STOOD, lines_now, lines_of
from actionplans.reviews.pack import ActionState, Changes, Pack
from actionplans.thread import Thread
from metrics.split import Split
from victory.models import Member


@dataclass(frozen=True)
class Minutes:
    """What the minutes of a review say, in ready-made texts."""

    review: Review
    organization: str
    people: list[str]
    lines: list[ReviewLine]
    decided: list[ActionState]
    open: list[ActionState]
    pack: Pack
    closed: str = ""
    """When it was closed, and by whom."""

    @classmethod
    def as_it_stands(cls, review: Review, thread: Thread) -> "Minutes":
        """What would be frozen now, in a fixed number of queries."""
        lines = lines_now(thread)
        changes = Changes(thread, Review.objects.closed().first(), lines)
        return cls(
            review=review,
            organization=thread.organization.name,
            people=[each.member.name for each in review.attendances.select_related("member")],
            lines=lines_of(review, lines),
            decided=changes.states(each for each in changes.actions if each.decided_in_id == review.pk),
            open=changes.states(each for each in changes.actions if each.is_open),
            pack=changes.pack(),
        )

    @classmethod
    def of_closed(cls, review: Review) -> "Minutes":
        """What was frozen, and nothing else."""
        frozen = review.frozen
        return cls(
            review=review,
            organization=frozen["organization"],
            people=frozen["people"],
            lines=list(review.lines.all()),
            decided=[ActionState(**row) for row in frozen["decided"]],
            open=[ActionState(**row) for row in frozen["open"]],
            pack=Pack.thaw(frozen["pack"]),
            closed=frozen["closed"],
        )

    def freeze(self, *, by: Member) -> dict:
        """What is kept with a closed review beside its own fields and its lines."""
        return {
            "organization": self.organization,
            "people": self.people,
            "closed_by": by.name,
            "closed": _("Closed on %(day)s by %(name)s")
            % {"day": date_format(timezone.localdate()), "name": by.name},
            "counts": {str(verdict): count for verdict, count in self.split.counts.items()},
            "decided": [asdict(row) | {"url": ""} for row in self.decided],
            "open": [asdict(row) | {"url": ""} for row in self.open],
            "pack": self.pack.freeze(),
        }

    @property
    def split(self) -> Split:
        return Split.of(line.verdict for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Differs as soon as anything that would be frozen differs."""
        lines = [[str(getattr(line, name)) for name in (*STOOD, "note")] for line in self.lines]
        actions = [asdict(action) for action in (*self.decided, *self.open)]
        frozen = json.dumps([lines, self.people, actions, self.pack.freeze()], sort_keys=True)
        return sha256(frozen.encode()).hexdigest()[:16]
