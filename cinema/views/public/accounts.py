"""Accounts: Django's auth views with our templates and rules, and the account page with its API tokens."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.messages.views import SuccessMessageMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView, TemplateView

from cinema.exceptions import BusinessRuleViolation, EmailTaken, TooManyMails, TooManyWrongPasswords, WrongPassword
from cinema.forms.people import accounts as forms
from cinema.mail.email_proofs import read_token
from cinema.models import EmailProof, User
from cinema.selectors.people.accounts import has_account, proof_by_key
from cinema.selectors.people.staff import is_staff_anywhere
from cinema.services.people.accounts import ask_for_password, ask_to_change_email, ask_to_sign_up, change_email
from cinema.services.people.accounts import sign_up as create_account
from cinema.services.people.passwords import prove_password, store_password
from cinema.services.people.tokens import create_token, delete_token
from cinema.web import sessions
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest, SignedInRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.sign_ins import forget_failures

BACKEND = "django.contrib.auth.backends.ModelBackend"


class BadRequestFormView(FormView):
    """A form view that answers 400 if the form is invalid."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


class SignIn(BadRequestFormView, auth.LoginView):
    template_name = "public/accounts/sign_in.html"
    authentication_form: Any = forms.SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override] # as of Django 5.2; the stubs are of 6
        """The safe ``next`` URL, unless it is this page."""
        url = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def get_default_redirect_url(self) -> str:
        """The back office for staff, the ticket list for everybody else."""
        return reverse("staff") if is_staff_anywhere(self.request.user) else super().get_default_redirect_url()


class SignUp(SignIn):
    """Request an account. The result is only mailed, so that the page does not reveal who has one."""

    template_name = "public/accounts/sign_up.html"
    authentication_form = forms.SignUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return FormView.get_form_kwargs(self)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        asked = form.cleaned_data | {"leads_to": self.get_redirect_url()}
        try:
            ask_to_sign_up(**asked, client_ip=client_ip(self.request))
        except TooManyMails as error:
            return refuse(self, form, error)
        return redirect("sign-up-sent")


class SignUpFinish(BadRequestFormView):
    """The page of the link in the mail: with a password it creates the account and signs in."""

    template_name = "public/accounts/sign_up_finish.html"
    form_class = forms.FirstPasswordForm
    proof: EmailProof

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **kwargs: Any) -> HttpResponseBase:
        proof = proof_by_key(read_token(token), of_account=False)
        if proof is None or has_account(proof.email):
            return self._used_up()
        self.proof = proof
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": User(email=self.proof.email, name=self.proof.name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(proof=self.proof, **kwargs)

    def form_valid(self, form: forms.FirstPasswordForm) -> HttpResponse:
        password = form.cleaned_data["password1"]
        try:
            user = create_account(proof=self.proof, password=password)
        except EmailTaken:
            return self._used_up()
        login(self.request, user, backend=BACKEND)
        return redirect(self.proof.leads_to or "my-tickets")

    def _used_up(self) -> HttpResponse:
        return render(self.request, self.template_name, {"proof": None}, status=410)


class SignOut(auth.LogoutView):
    request: HtmxRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request.buyer = ""  # the next person at this computer must not see the holds
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = sessions.CLEARED
        return response


class PasswordReset(BadRequestFormView):
    """Request a reset link. The response does not reveal whether there is an account; the link uses SITE_URL."""

    template_name = "public/accounts/password_reset.html"
    form_class = forms.PasswordResetForm

    def form_valid(self, form: forms.PasswordResetForm) -> HttpResponse:
        try:
            ask_for_password(email=form.cleaned_data["email"], client_ip=client_ip(self.request))
        except TooManyMails as error:
            return refuse(self, form, error)
        return redirect("password-reset-sent")


def refuse(view: FormView, form: BaseForm, error: BusinessRuleViolation, *, field: str | None = None) -> HttpResponse:
    """Show the form again with the error, or with the time after which it can be sent again."""
    form.add_error(field, str(error))
    return set_retry_after(view.render_to_response(view.get_context_data(form=form), status=status_of(error)), error)


class PasswordResetConfirm(BadRequestFormView, auth.PasswordResetConfirmView):
    template_name = "public/accounts/password_reset_confirm.html"
    form_class = forms.SetPasswordForm
    success_url = reverse_lazy("password-reset-done")

    def form_valid(self, form: auth_forms.SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        store_password(user=form.user, client_ip=client_ip(self.request), by_mail=True)
        forget_failures(self.request, form.user)
        return response


class PasswordChange(BadRequestFormView, SuccessMessageMixin, auth.PasswordChangeView):
    request: SignedInRequest
    template_name = "public/accounts/password_change.html"
    form_class = forms.PasswordChangeForm
    success_url = reverse_lazy("account")
    success_message = gettext_lazy("Your password has been changed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        password = request.POST.get("old_password", "")
        try:
            prove_password(user=self.request.user, password=password, client_ip=client_ip(request))
        except WrongPassword:
            pass  # the form shows it at its field
        except TooManyWrongPasswords as error:
            return refuse(self, self.get_form(), error)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: auth_forms.PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        store_password(user=self.request.user, client_ip=client_ip(self.request), by_mail=False)
        return response


class EmailChange(BadRequestFormView):
    """Request another email address. It changes when its link is used; the page does not reveal who has an account."""

    request: SignedInRequest
    template_name = "public/accounts/email_change.html"
    form_class = forms.EmailChangeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: forms.EmailChangeForm) -> HttpResponse:
        cleaned, user, ip = form.cleaned_data, self.request.user, client_ip(self.request)
        try:
            prove_password(user=user, password=cleaned["password"], client_ip=ip)
            ask_to_change_email(user=user, email=cleaned["email"], client_ip=ip)
        except (WrongPassword, TooManyWrongPasswords) as error:
            return refuse(self, form, error, field="password")
        except TooManyMails as error:
            return refuse(self, form, error)
        sentence = _("A link is on its way to %(email)s. Open it within three days to change your address.")
        messages.success(self.request, sentence % {"email": cleaned["email"]})
        return redirect("account")


class EmailConfirm(TemplateView):
    """The page of the link mailed to the new address. A button confirms it, since mail scanners follow links."""

    template_name = "public/accounts/email_confirm.html"

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **kwargs: Any) -> HttpResponseBase:
        self.proof = proof_by_key(read_token(token), of_account=True)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response({"proof": self.proof}, status=200 if self.proof else 410)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            user = change_email(proof=self.proof) if self.proof else None
        except EmailTaken:
            user = None
        if user is None:
            return self.render_to_response({"proof": None}, status=410)
        messages.success(request, _("Your email address is now %(email)s.") % {"email": user.email})
        return redirect("account" if request.user == user else "sign-in")


sign_in = personal(SignIn.as_view())
email_change = personal(login_required(EmailChange.as_view()))
email_confirm = personal(EmailConfirm.as_view())
sign_up = personal(SignUp.as_view())
sign_up_sent = personal(TemplateView.as_view(template_name="public/accounts/sign_up_sent.html"))
sign_up_finish = personal(SignUpFinish.as_view())
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


def account_page(request: SignedInRequest, status: int = 200, **context: Any) -> HttpResponse:
    page = {
        "form": forms.ProfileForm(instance=request.user),
        "token_form": forms.TokenForm(),
        "tokens": request.user.api_tokens.order_by("-created_at"),
        "now": timezone.now(),
    }
    return render(request, "public/accounts/account.html", page | context, status=status)


@personal
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return account_page(request)
    form = forms.ProfileForm(request.POST, instance=request.user)
    if not form.is_valid():
        return account_page(request, 400, form=form)
    form.save()
    messages.success(request, _("Your details have been saved."))
    return redirect("account")


@personal
@login_required
@require_POST
def token_create(request: SignedInRequest) -> HttpResponse:
    """Show the new secret in this answer and never again: it is kept nowhere, not even in the session."""
    form = forms.TokenForm(request.POST)
    if not form.is_valid():
        return account_page(request, 400, token_form=form)
    cleaned = form.cleaned_data
    try:
        prove_password(user=request.user, password=cleaned.pop("password"), client_ip=client_ip(request))
    except (WrongPassword, TooManyWrongPasswords) as error:
        form.add_error("password", str(error))
        return set_retry_after(account_page(request, status_of(error), token_form=form), error)
    _token, secret = create_token(user=request.user, **cleaned)
    return account_page(request, 201, secret=secret)


@personal
@login_required
@require_POST
def token_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    delete_token(user=request.user, token_id=pk)
    messages.success(request, _("The token has been deleted. Programs that used it no longer have access."))
    return redirect("account")
