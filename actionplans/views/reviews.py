"""The pages of reviews: prepared, held metric by metric, closed, compared and printed."""

import re
from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from actionplans.forms import ActionForm, OwnerForm
from actionplans.memory import thread_for
from actionplans.models import Review, ReviewLine, Status
from actionplans.reviews.actions import close_review
from actionplans.reviews.comparison import Comparison, Stand
from actionplans.reviews.forms import FindingsForm, NoteForm, PrepareForm
from actionplans.reviews.lines import lines_now
from actionplans.reviews.minutes import Minutes
from actionplans.reviews.pack import Changes
from actionplans.reviews.upcoming import next_review, proposed_after
from actionplans.reviews.walk import Stop, Walk
from actionplans.views.plan import keep_owner
from metrics.findings import Findings
from metrics.models import Metric
from metrics.split import Split
from victory import undo
from victory.models import Member
from victory.once import again_if_taken
from victory.tenancy import Role, needs
from victory.trail import all_or_nothing
from victory.views.focus import draft_saved
from victory.worksheets.views import gone, offer_undo, say_what_else


@needs(Role.VIEWER)
@require_GET
def reviews(request):
    """Every review, and the next one to prepare."""
    return list_page(request)


def list_page(request, typed: PrepareForm | None = None):
    """The page of all reviews; `typed` is a new one that could not be saved."""
    upcoming = next_review(request.organization.today)
    proposed = None if upcoming.planned else upcoming.on
    closed = Review.objects.closed().defer("frozen", "findings", "decisions")
    closed = closed.annotate(counts=F("frozen__counts"), people=F("frozen__people"))
    planned = Review.objects.planned().prefetch_related("attendances__member")
    page = {
        "form": typed or PrepareForm(by=request.member, initial={"on": proposed}),
        "upcoming": upcoming,
        "member_names": Member.objects.active().values_list("name", flat=True),
        "planned": [
            {
                "pk": each.pk,
                "day": date_format(each.on),
                "people": ", ".join(attendance.member.name for attendance in each.attendances.all()),
            }
            for each in planned
        ],
        "closed": [
            {
                "pk": each.pk,
                "day": date_format(each.on),
                "people": ", ".join(each.people),
                "met": Split(Counter(each.counts)).met_of_all,
            }
            for each in closed
        ],
    }
    return render(request, "actionplans/reviews/list.html", page)


@needs(Role.MANAGER)
@require_POST
def add_review(request):
    """Begin to prepare a review."""
    form = keep_new(request)
    if not form.is_valid():
        return list_page(request, form)
    say_what_else(request, form.notices)
    return redirect(form.instance)


@again_if_taken
@all_or_nothing()
def keep_new(request) -> PrepareForm:
    form = PrepareForm(request.POST, by=request.member)
    if form.is_valid():
        form.save()
    return form


@needs(Role.VIEWER)
@require_GET
def review(request, pk):
    """A planned review with what it begins with, or a closed one with what it came to."""
    review = get_object_or_404(Review.objects.select_related("organization"), pk=pk)
    if review.is_closed:
        page = {"review": review, "minutes": Minutes.of_closed(review)}
        return render(request, "actionplans/reviews/closed.html", page)
    return pack_page(request, review, PrepareForm(instance=review, by=request.member))


def pack_page(request, review: Review, form: PrepareForm):
    thread = thread_for(request)
    changes = Changes(thread, Review.objects.closed().first(), lines_now(thread))
    page = {
        "review": review,
        "form": form,
        "pack": changes.pack(),
        "missed": len(Walk(thread).missed),
        "people": [each.name for each in form.taking_part],
        "member_names": Member.objects.active().values_list("name", flat=True),
    }
    return render(request, "actionplans/reviews/pack.html", page)


@needs(Role.MANAGER)
@require_POST
@again_if_taken
def save_review(request, pk):
    """Put a planned review on another day, or change who takes part."""
    with all_or_nothing():
        review = Review.objects.select_for_update().filter(pk=pk).first()
        if review is None:
            return gone(request, Review, pk, "reviews")
        if review.is_closed:
            typed = PrepareForm(request.POST, by=request.member).typed_texts()
            return closed_meanwhile(request, review, typed)
        form = PrepareForm(request.POST, instance=review, by=request.member)
        if form.is_valid():
            form.save()
    if not form.is_valid():
        return pack_page(request, review, form)
    say_what_else(request, form.notices)
    return redirect(review)


@needs(Role.MANAGER)
@require_POST
@all_or_nothing()
def delete_review(request, pk):
    """Take a planned review away, and offer to put it back."""
    review = Review.objects.select_for_update().filter(pk=pk).first()
    if review is None:
        return gone(request, Review, pk, "reviews")
    try:
        with all_or_nothing():
            offer_undo(request, undo.delete(review, by=request.member))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(review)
    return redirect("reviews", request.organization.slug)


def closed_meanwhile(request, review: Review, typed: list[str]):
    """Somebody closed the review while somebody else was writing: nothing that was typed is lost."""
    page = {"review": review, "by": review.frozen["closed_by"], "typed": typed}
    return render(request, "actionplans/reviews/closed_meanwhile.html", page)


# Holding it


@needs(Role.VIEWER)
@require_GET
def hold(request, pk):
    """To the first metric that is not met, or to the one that was asked for."""
    review = get_object_or_404(Review, pk=pk)
    if review.is_closed:
        return redirect(review)
    walk = Walk(thread_for(request))
    asked = request.GET.get("metric", "")
    if re.fullmatch(r"\d{1,18}", asked) and int(asked) in walk.order:
        return redirect("review-metric", request.organization.slug, pk, int(asked))
    if walk.missed:
        return redirect("review-metric", request.organization.slug, pk, walk.missed[0])
    return render(request, "actionplans/reviews/nothing_missed.html", {"review": review, "walk": walk})


@needs(Role.VIEWER)
@require_GET
def hold_metric(request, pk, metric):
    """One metric, made for a projector and a keyboard."""
    review = get_object_or_404(Review.objects.select_related("organization"), pk=pk)
    if review.is_closed:
        return redirect(review)
    return stop_page(request, review, metric)


def stop_page(request, review: Review, key: int, **forms):
    """The page of one metric; `forms` are those that could not be saved: note, owner or action."""
    thread = thread_for(request)
    metrics = Metric.objects.with_verdict().standing_on(thread.today)
    metric = metrics.filter(pk=key).first()
    if metric is None or key not in thread.metrics:
        typed = [request.POST.get(name, "") for name in ("note", "owner", "what", "who")]
        return gone(request, Metric, key, "reviews", typed)
    by = request.member
    page = {
        "review": review,
        "walk": Walk(thread, key),
        "stop": Stop.at(metric, thread),
        "conclusion": Findings.of(metric, metric.read_series()).conclusion,
        "note": NoteForm(instance=line_in(review, metric), by=by),
        "owner": OwnerForm(None, metric=metric, by=by),
        "action": action_form(None, by),
        "member_names": Member.objects.active().values_list("name", flat=True),
    }
    return render(request, "actionplans/reviews/stop.html", page | forms)


def action_form(data, by: Member) -> ActionForm:
    form = ActionForm(data, by=by, auto_id="action-%s")
    form.fields["what"].widget.attrs |= {"data-keys": "a", "aria-keyshortcuts": "a"}
    return form


def line_in(review: Review, metric: Metric) -> ReviewLine:
    """The line of the metric in the review; not saved as long as nothing is noted on it."""
    line = review.lines.filter(metric_key=metric.pk).first()
    return line or ReviewLine(organization=review.organization, review=review, metric_key=metric.pk)


@needs(Role.MANAGER)
@require_POST
@again_if_taken
@all_or_nothing()
def save_note(request, pk, metric):
    """Keep what is noted on a metric, and go on where a button asks for it."""
    review = Review.objects.select_for_update().filter(pk=pk).first()
    row = Metric.objects.select_related("deliverable").filter(pk=metric).first()
    if review is None or row is None:
        missing = (Review, pk) if review is None else (Metric, metric)
        return gone(request, *missing, "reviews", typed=[request.POST.get("note", "")])
    line = line_in(review, row)
    form = NoteForm(request.POST, instance=line, by=request.member)
    if review.is_closed:
        return closed_meanwhile(request, review, form.typed_texts())
    if form.is_valid() and form.has_changed():
        line.metric, line.deliverable = row.measured_by, row.deliverable.name
        form.save()
    if request.htmx:
        return draft_saved(request, form, "note")
    if not form.is_valid():
        return stop_page(request, review, metric, note=form)
    say_what_else(request, form.notices)
    return redirect(address_after(request, review, metric))


def address_after(request, review: Review, metric: int) -> str:
    """Where the button leads with which a note was saved."""
    slug, go = request.organization.slug, request.POST.get("go")
    walk = Walk(thread_for(request), metric)
    if go == "next" and walk.next is None:
        return reverse("review-close", args=[slug, review.pk])
    key = {"next": walk.next, "previous": walk.previous}.get(go) or metric
    return reverse("review-metric", args=[slug, review.pk, key])


@needs(Role.MANAGER)
@require_POST
@again_if_taken
@all_or_nothing()
def assign_owner(request, pk, metric):
    """Say in the meeting who can take action on the metric."""
    typed = list(filter(None, [request.POST.get("owner")]))
    review = Review.objects.select_for_update().filter(pk=pk).first()
    if review is None:
        return gone(request, Review, pk, "reviews", typed)
    if review.is_closed:
        return closed_meanwhile(request, review, typed)
    form = keep_owner(request, metric)
    if form is None:
        return gone(request, Metric, metric, "reviews", typed)
    if not form.is_valid():
        return stop_page(request, review, metric, owner=form)
    say_what_else(request, form.notices)
    return redirect("review-metric", request.organization.slug, pk, metric)


@needs(Role.MANAGER)
@require_POST
@again_if_taken
@all_or_nothing()
def decide_action(request, pk, metric):
    """Write down an action that is decided in the meeting."""
    review = Review.objects.select_for_update().filter(pk=pk).first()
    decided = request.POST.copy()
    decided["metric"], decided["status"] = metric, Status.PLANNED
    form = action_form(decided, request.member)
    if review is None:
        return gone(request, Review, pk, "reviews", typed=[decided.get(name, "") for name in ("what", "who")])
    if review.is_closed:
        return closed_meanwhile(request, review, form.typed_texts())
    if not form.is_valid():
        return stop_page(request, review, metric, action=form)
    form.instance.decided_in = review
    form.save()
    say_what_else(request, form.notices)
    page = reverse("review-metric", args=[request.organization.slug, pk, metric])
    return redirect(f"{page}#actions-title")


# Closing it, and what remains


@needs(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def close(request, pk):
    """Findings, decisions and the next date; what would be frozen; and the button that freezes it."""
    if request.method == "POST":
        return save_findings(request, pk)
    review = get_object_or_404(Review.objects.select_related("organization"), pk=pk)
    if review.is_closed:
        return redirect(review)
    form = FindingsForm(instance=review, by=request.member, proposed=proposed_after(review))
    return close_page(request, review, form)


def close_page(request, review: Review, form: FindingsForm):
    minutes = Minutes.as_it_stands(review, thread_for(request))
    page = {"review": review, "form": form, "minutes": minutes}
    return render(request, "actionplans/reviews/close.html", page)


@all_or_nothing()
def save_findings(request, pk):
    """Keep what was typed, and close the review where that was asked for."""
    review = Review.objects.select_for_update().filter(pk=pk).first()
    form = FindingsForm(request.POST, instance=review, by=request.member)
    if review is None:
        return gone(request, Review, pk, "reviews", typed=form.typed_texts())
    if review.is_closed:
        return closed_meanwhile(request, review, form.typed_texts())
    if form.is_valid():
        form.save()
        if "close" in request.POST:
            freeze(request, form)
    if request.htmx:
        return draft_saved(request, form, "findings")
    if not form.is_valid():
        return close_page(request, review, form)
    say_what_else(request, form.notices)
    if review.is_closed:
        messages.success(request, _("The review is closed. What stood is kept as it is."))
        return redirect(review)
    messages.success(request, _("Saved. The review is still open."))
    return redirect("review-close", request.organization.slug, pk)


def freeze(request, form: FindingsForm):
    """Close the review as the page showed it: what changed since has to be looked at first."""
    minutes = Minutes.as_it_stands(form.instance, thread_for(request))
    if request.POST.get("seen") != minutes.fingerprint:
        form.add_error(
            None,
            _(
                "Something changed in the workbook since this page was shown. Your text is saved;"
                " look below at what would be kept, then close once more."
            ),
        )
        return
    try:
        close_review(minutes=minutes, by=request.member)
    except ValidationError as error:
        form.add_error(None, error)


@needs(Role.VIEWER)
@require_GET
def compare(request, pk):
    """A closed review against another one, or against today."""
    review = get_object_or_404(Review.objects.closed(), pk=pk)
    others = Review.objects.closed().exclude(pk=pk).defer("frozen")
    asked = request.GET.get("with", "")
    other = Review.objects.closed().filter(pk=asked).first() if re.fullmatch(r"\d{1,18}", asked) else None
    if other is None or other == review:
        thread = thread_for(request)
        comparison = Comparison(Stand.of_closed(review), Stand.of_today(thread, since=review))
    else:
        earlier, later = sorted([review, other], key=lambda each: (each.on, each.pk))
        comparison = Comparison(Stand.of_closed(earlier), Stand.of_closed(later))
    page = {
        "review": review,
        "others": [(each.pk, str(each)) for each in others],
        "other": other,
        "comparison": comparison,
    }
    return render(request, "actionplans/reviews/compare.html", page)


@needs(Role.VIEWER)
@require_GET
def print_minutes(request, pk):
    """The minutes of a closed review, from nothing but what is frozen."""
    review = get_object_or_404(Review.objects.select_related("organization"), pk=pk)
    if not review.is_closed:
        messages.info(request, _("The minutes can be printed once the review is closed."))
        return redirect(review)
    return render(request, "actionplans/reviews/print.html", {"minutes": Minutes.of_closed(review)})
