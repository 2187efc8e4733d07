"""Accounts: Django's own auth in our clothes, and the account page with its API tokens."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.messages.views import SuccessMessageMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView

from cinema import mail
from cinema.exceptions import AddressTaken
from cinema.forms import accounts as forms
from cinema.selectors.staff import is_staff_anywhere
from cinema.services.accounts import create_token, delete_token
from cinema.services.accounts import sign_up as create_account
from cinema.views.decorators import personal


class Refusing:
    """A form view that answers 400 to what it cannot accept."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


class Announced:
    """A form for a new password, of which its owner is told by mail."""

    def form_valid(self, form: forms.SetPasswordForm | forms.PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        mail.send_new_password(form.user)
        return response


class SignIn(Refusing, auth.LoginView):
    template_name = "public/accounts/sign_in.html"
    authentication_form = forms.SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """The safe ``next``, unless it leads back here."""
        url = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def get_default_redirect_url(self) -> str:
        """Who works here goes to work; everybody else to their tickets."""
        return reverse("staff") if is_staff_anywhere(self.request.user) else super().get_default_redirect_url()


class SignUp(SignIn):
    """Like signing in, only that the form makes the account first."""

    template_name = "public/accounts/sign_up.html"
    authentication_form = forms.SignUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return FormView.get_form_kwargs(self)

    def form_valid(self, form: forms.SignUpForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            user = create_account(email=data["email"], name=data["name"], password=data["password1"])
        except AddressTaken as error:
            form.add_error("email", str(error))
            return self.form_invalid(form)
        login(self.request, user)
        return redirect(self.get_success_url())


class SignOut(auth.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.buyer = ""  # the next person at this computer must not see the holds
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class PasswordReset(Refusing, auth.PasswordResetView):
    """Answers alike whether or not there is such an account. The link leads to SITE_URL, whatever host was asked."""

    template_name = "public/accounts/password_reset.html"
    form_class = forms.PasswordResetForm
    success_url = reverse_lazy("password-reset-sent")
    subject_template_name = "email/password_reset_subject.txt"
    email_template_name = "email/password_reset.txt"
    html_email_template_name = "email/password_reset.html"
    extra_email_context = {"site_url": settings.SITE_URL}


class PasswordResetConfirm(Announced, Refusing, auth.PasswordResetConfirmView):
    template_name = "public/accounts/password_reset_confirm.html"
    form_class = forms.SetPasswordForm
    success_url = reverse_lazy("password-reset-done")


class PasswordChange(Announced, Refusing, SuccessMessageMixin, auth.PasswordChangeView):
    template_name = "public/accounts/password_change.html"
    form_class = forms.PasswordChangeForm
    success_url = reverse_lazy("account")
    success_message = gettext_lazy("Your password is changed.")


sign_in = personal(SignIn.as_view())
sign_up = personal(SignUp.as_view())
sign_out = personal(SignOut.as_view())
password_reset = personal(PasswordReset.as_view())
password_reset_sent = personal(
    auth.PasswordResetDoneView.as_view(template_name="public/accounts/password_reset_sent.html")
)
password_reset_confirm = personal(PasswordResetConfirm.as_view())
password_reset_done = personal(
    auth.PasswordResetCompleteView.as_view(template_name="public/accounts/password_reset_done.html")
)
password_change = personal(PasswordChange.as_view())


def account_page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    page = {
        "form": forms.ProfileForm(instance=request.user),
        "token_form": forms.TokenForm(),
        "tokens": request.user.api_tokens.order_by("-created_at"),
    }
    return render(request, "public/accounts/account.html", page | context, status=status)


@personal
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return account_page(request)
    form = forms.ProfileForm(request.POST, instance=request.user)
    if not form.is_valid():
        return account_page(request, 400, form=form)
    form.save()
    messages.success(request, _("Your details are saved."))
    return redirect("account")


@personal
@login_required
@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    """Show the new secret in this answer and never again: it is kept nowhere, not even in the session."""
    form = forms.TokenForm(request.POST)
    if not form.is_valid():
        return account_page(request, 400, token_form=form)
    _token, secret = create_token(user=request.user, label=form.cleaned_data["label"])
    return account_page(request, 201, secret=secret)


@personal
@login_required
@require_POST
def token_delete(request: HttpRequest, pk: int) -> HttpResponse:
    delete_token(user=request.user, token_id=pk)
    messages.success(request, _("The token is deleted. Programs that used it are locked out."))
    return redirect("account")
