"""Every route of an organization, read from the URL table: what the sweeps walk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from victory.models import Organization
from victory.tenancy import Role

PREFIX = "o/<slug:slug>/"


@dataclass(frozen=True)
class Route:
    """One route under /o/<slug>/, with the arguments it takes besides the slug."""

    name: str
    view: Callable
    arguments: tuple[str, ...] = ()
    defaults: Mapping = field(default_factory=dict)

    def __str__(self):
        return self.name

    @property
    def worksheet(self):
        return self.defaults.get("worksheet")

    @property
    def role(self) -> Role:
        role = self.view.needs_role
        return role(**self.defaults) if callable(role) else role

    def address(self, organization: Organization | str, *values: str | int) -> str:
        slug = getattr(organization, "slug", organization)
        return reverse(self.name, kwargs={"slug": slug, **dict(zip(self.arguments, values, strict=True))})


def organization_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", (), {}))


def _walk(patterns, prefix, arguments, defaults):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        names = (*arguments, *(name for name in pattern.pattern.converters if name != "slug"))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path, names, defaults | pattern.default_kwargs)
        elif isinstance(pattern, URLPattern) and path.startswith(PREFIX):
            yield Route(pattern.name, pattern.callback, names, defaults | pattern.default_args)


ROUTES = organization_routes()
ROUTES_TO_A_ROW = [route for route in ROUTES if route.arguments]
