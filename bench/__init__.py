"""`make bench`: what the pages cost, held against each other inside one run.

It builds its data with `manage.py generate` in a scratch directory, starts the server as in production on
it, signs somebody in and asks for pages over HTTP. Nothing of it is reachable in the product: the pages
and the middleware it measures with are those of its own settings.

The cost of a request is the processor time of the process that answers it, user and system, from the
outermost middleware to the ready answer, compression included. What gunicorn needs to read a request and
to send the answer is the same for all pages and is left out, which makes no ratio look better than it is.
"""
