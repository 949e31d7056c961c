"""Static files as whitenoise serves them: compressed, and kept by browsers for good by names with a hash."""

import re

from whitenoise.middleware import WhiteNoiseMiddleware

HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
"""In the name of a file, of what is in it."""


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Whitenoise's own. Asked for a file as it is in another release, it answers with that of this one.

    While one release takes the place of another, a page of either may ask the other for its style and script.
    The plain name is what browsers keep for a minute alone.
    """

    def __call__(self, request):
        asked = request.path_info
        if asked not in self.files and (ours := self.files.get(HASH.sub("", asked))):
            return self.serve(ours, request)
        return super().__call__(request)
