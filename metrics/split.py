"""How metrics split by verdict: counted once, and said in words, as a share, or as the parts of a bar."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from metrics.models import Verdict


class Part(NamedTuple):
    """The metrics under one verdict as a part of a bar; places are percent of its width."""

    verdict: Verdict
    count: int
    x: float
    width: float

    @property
    def words(self) -> str:
        return self.verdict.count_in_words(self.count)


@dataclass(frozen=True)
class Split:
    """How many metrics stand under each verdict."""

    counts: Counter[str]

    @classmethod
    def of(cls, verdicts: Iterable[str]) -> "Split":
        return cls(Counter(verdicts))

    @classmethod
    def together(cls, splits: Iterable["Split"]) -> "Split":
        """The metrics of all these as one."""
        counts = Counter()
        for split in splits:
            counts.update(split.counts)
        return cls(counts)

    @property
    def met(self) -> int:
        return self.counts[Verdict.MET]

    @property
    def all(self) -> int:
        return self.counts.total()

    @property
    def share_met(self) -> float | None:
        """From 0 to 1; None without metrics."""
        return self.met / self.all if self.all else None

    @property
    def met_of_all(self) -> str:
        return _("%(met)s of %(all)s met") % {"met": self.met, "all": self.all}

    @property
    def parts(self) -> list[Part]:
        """The verdicts that something stands under, side by side."""
        parts, x = [], 0.0
        for verdict in Verdict:
            if count := self.counts[verdict]:
                width = 100 * count / self.all
                parts.append(Part(verdict, count, round(x, 2), round(width, 2)))
                x += width
        return parts

    @property
    def in_words(self) -> str:
        return ", ".join(part.words for part in self.parts)
