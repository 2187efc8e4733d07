"""The way in: where somebody works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cinema.selectors.staff import posts_of
from cinema.views.staff.access import ANYBODY, anywhere


@anywhere(*ANYBODY)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The theatres somebody works at; straight on to today where there is but one, and no owner to add another."""
    posts = posts_of(request.user)
    if len(posts) == 1 and not request.user.is_owner:
        return redirect("staff-today", posts[0].theatre.slug)
    return render(request, "staff/home.html", {"posts": posts})
