"""What the rows that hang on a metric have in common."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from metrics.quantities import MAX_DIGITS
from victory.rows import WorkbookRow
from victory.trail import Shows


class Figure(models.DecimalField):
    """A figure in the unit of its metric: percent, a number, money, seconds, points, or 1 for yes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **(kwargs | {"max_digits": 18, "decimal_places": 6}))

    def as_read(self, figure: Decimal) -> Decimal | None:
        """The figure as it is read back, with all its places; None where SQLite keeps fewer digits."""
        if len(figure.normalize().as_tuple().digits) > MAX_DIGITS:
            return None
        return figure.quantize(Decimal(1).scaleb(-self.decimal_places), context=self.context)


class RowOfMetric(WorkbookRow):
    """What hangs on a metric: only those who have locked the metric write it.

    `in_its_unit` says whether it holds figures, which mean nothing in another unit.
    """

    in_its_unit = True
    shows = Shows.ON_ONE_LINE
    shows_on = "metric"

    class Meta:
        abstract = True

    def lock_first(self):
        self.metric.lock()

    def write_field(self, name):
        value = getattr(self, name)
        is_figure = isinstance(self._meta.get_field(name), Figure)
        return self.metric.scale.write(value) if is_figure and value is not None else ""

    def check_return(self, deleted_at):
        """Figures come back into the unit that they were written in, and into no other."""
        self.clean()
        if self.in_its_unit and self.metric.scale_changed_since(deleted_at):
            raise ValidationError(
                _("It was written in the unit that the metric had then. Write it anew in the one of now.")
            )
