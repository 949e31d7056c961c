"""What somebody brought along and has not decided on yet."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UploadQuerySet(models.QuerySet):
    def outdated(self):
        """Those that nobody came back to within a day."""
        return self.filter(at__lt=timezone.now() - Upload.KEPT_FOR)


class Upload(models.Model):
    """An export that somebody looks at before they take it in: one for each person, and for a day."""

    KEPT_FOR = timedelta(days=1)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    content = models.BinaryField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self):
        return f"{self.user}, {self.at}"
