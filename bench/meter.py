"""What answering a request took, told in headers of the answer."""

import time

from django.db import connection


class Statements:
    """Counts what the database is asked, and how long the answers took.

    That a transaction begins is not counted: PostgreSQL is told so along with the first question.
    """

    def __init__(self):
        self.count = self.nanoseconds = 0

    def __call__(self, execute, sql, params, many, context):
        began = time.perf_counter_ns()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += not sql.startswith("BEGIN")
            self.nanoseconds += time.perf_counter_ns() - began


class MeterMiddleware:
    """The outermost one: everything the application does for a request happens inside of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        statements = Statements()
        began = time.process_time_ns()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        response.headers["X-Bench-Processor"] = str(time.process_time_ns() - began)
        response.headers["X-Bench-Database"] = str(statements.nanoseconds)
        response.headers["X-Bench-Queries"] = str(statements.count)
        return response
