from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VictoryConfig(AppConfig):
    name = "victory"
    verbose_name = _("Organizations and focus")
