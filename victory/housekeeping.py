"""What is deleted by the clock: organizations whose wait is over, and what is outdated."""

from collections.abc import Iterator

from django.core.management import call_command

from victory.ending import delete_for_good
from victory.jobs import Job
from victory.models import Organization, Tries, Upload


def delete_organizations() -> Iterator[str]:
    """Delete the organizations whose time has come; one that cannot be deleted does not keep the others."""
    failed = []
    for key in list(Organization.objects.due_for_deletion().values_list("pk", flat=True)):
        try:
            deleted = delete_for_good(key)
        except Exception as error:
            error.add_note(f"organization {key}")
            failed.append(error)
        else:
            if deleted:
                yield f"Deleted {deleted}."
    if failed:
        raise ExceptionGroup("organizations that could not be deleted", failed)


def throw_uploads_away() -> list[str]:
    Upload.objects.outdated().delete()
    return []


def end_sessions() -> list[str]:
    call_command("clearsessions")
    return []


def forget_tries() -> list[str]:
    Tries.objects.outdated().delete()
    return []


JOBS = (
    Job("delete organizations", delete_organizations),
    Job("throw uploads away", throw_uploads_away),
    Job("end sessions", end_sessions),
    Job("forget tries", forget_tries),
)
