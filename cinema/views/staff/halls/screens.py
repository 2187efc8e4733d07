"""The screens of a theatre: list, add, close and reopen; and the theatre's seat categories."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.domain.seating.drawings import LETTERS
from cinema.domain.seating.examples import EXAMPLES, example_spots
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.booking.booking import is_key
from cinema.forms.halls.halls import AddScreenForm, CategoriesForm
from cinema.models import Theatre
from cinema.selectors.halls.halls import categories_of, counted_categories, pictured, screen_cards
from cinema.selectors.people.staff import MANAGER
from cinema.services.halls.screens import add_screen, close_screen, open_screen
from cinema.services.halls.seat_categories import arrange_categories
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@at_theatre(MANAGER)
@require_safe
def screens(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    context = {"theatre": theatre, "cards": screen_cards(theatre), "categories": categories_of(theatre)}
    return render(request, "staff/screens/screens.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Add a screen with a name and a starting plan; then redirect to the hall editor."""
    categories = categories_of(theatre)
    if not categories:
        messages.info(request, _("Please name your seat categories first; one is enough."))
        return redirect("staff-screens-categories", theatre.slug)
    form = AddScreenForm(request.POST if request.method == "POST" else None, categories=categories)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            made = add_screen(
                theatre=theatre, name=cleaned["name"], shape=cleaned["shape"], spots=cleaned["spots"], user=request.user
            )
        except BusinessRuleViolation as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("“%(name)s” has been added. Now adjust the plan.") % {"name": made.name})
            return see_other(reverse("staff-screens-edit", args=[theatre.slug, made.pk]))
    keys = [category.pk for category in categories]
    examples = [(example, pictured(example_spots(example, keys), categories)) for example in EXAMPLES]
    context = {"theatre": theatre, "form": form, "examples": examples}
    context["letters"] = list(zip(LETTERS, categories, strict=False))
    return render(request, "staff/screens/add.html", context, status=400 if form.is_bound else 200)


@at_theatre(MANAGER)
@require_POST
def retire(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Close the screen, or reopen it if ``open`` is posted."""
    screen = get_object_or_404(theatre.screens, pk=pk)
    version = request.POST.get("version", "")
    step = open_screen if request.POST.get("open") else close_screen
    try:
        step(screen=screen, version=int(version) if is_key(version) else -1, user=request.user)
    except BusinessRuleViolation as error:
        context = {"theatre": theatre, "cards": screen_cards(theatre), "categories": categories_of(theatre)}
        return render(request, "staff/screens/screens.html", context | {"error": error}, status=status_of(error))
    cleaned = _("“%(name)s” is open again.") if request.POST.get("open") else _("“%(name)s” has been closed.")
    messages.success(request, cleaned % {"name": screen.name})
    return see_other(reverse("staff-screens", args=[theatre.slug]))


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Name and order the seat categories."""
    known = list(counted_categories(theatre))
    form = CategoriesForm(request.POST if request.method == "POST" else None, categories=known)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            arrange_categories(theatre=theatre, wanted=form.wanted, user=request.user)
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
        else:
            messages.success(request, _("The seat categories have been saved."))
            onward = "staff-screens-categories" if theatre.screens.exists() else "staff-screens"
            return see_other(reverse(onward, args=[theatre.slug]))
    context = {"theatre": theatre, "form": form, "lines": list(zip(form.lines, [*known, None], strict=False))}
    return render(request, "staff/screens/categories.html", context, status=status)
