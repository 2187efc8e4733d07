"""The home page of the back office: the user's theatres, and the set-up steps of a new one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cinema.selectors.halls.first_steps import first_steps, steps_without_theatre
from cinema.selectors.people.staff import ANYBODY, MANAGER, posts_of
from cinema.views.staff.access import anywhere
from cinema.web.http import StaffRequest


@anywhere(*ANYBODY)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """The user's theatres, with set-up steps for a new one.

    Redirects to today's page if there is only one, it is set up, and the user cannot add another.
    """
    posts = posts_of(request.user)
    begun = first_steps([post.theatre for post in posts if post.may(MANAGER)])
    if len(posts) == 1 and not begun and not request.user.is_owner:
        return redirect("staff-today", posts[0].theatre.slug)
    if not posts:
        begun = [steps_without_theatre()]
    return render(request, "staff/home.html", {"posts": posts, "begun": begun})
