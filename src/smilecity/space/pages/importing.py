# SPDX-License-Identifier: EUPL-1.2
"""The desk's page for taking over areas: upload, look at what would change, confirm."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.asking import who_asks
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space import actions, rights
from smilecity.space.forms import ImportForm
from smilecity.space.forms.importing import plan_of

SALT = "space.import"
CONFIRM_SECONDS = 3600
TITLE = _later("Gebiete übernehmen")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """/desk/areas/: the first send is a try, whose file comes back with the confirmation, signed."""
    who = who_asks(request)
    rights.check_drawer(who)
    if request.method != "POST":
        return _page(request, ImportForm())
    if "confirmation" in request.POST:
        return _confirmed(request, who)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data["file"].read()
    try:
        report = actions.import_areas(who, data, form.plan(), dry_run=True)
        kept = _kept(who, data, form.as_data())
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, form, status=refusal.status)
    wrong = any(one.weight == "error" for one in report.findings)
    large = len(kept) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE * 0.9
    return _page(request, form, report=report, kept="" if wrong or large else kept, large=large)


def _confirmed(request: HttpRequest, who: Who) -> HttpResponse:
    try:
        said = signing.loads(request.POST["confirmation"], salt=SALT, max_age=CONFIRM_SECONDS)
    except signing.BadSignature:
        said = {}
    if said.get("account") != who.account:
        messages.error(
            request, _("Diese Bestätigung gilt nicht mehr. Wählen Sie die Datei bitte noch einmal.")
        )
        return _page(request, ImportForm(), status=422)
    try:
        plan = plan_of(said["plan"], accept=True)
        report = actions.import_areas(who, said["data"].encode(), plan)
    except Refusal as refusal:
        messages.error(request, f"{refusal.sentence} {refusal.cure}".strip())
        return _page(request, ImportForm(), status=refusal.status)
    if report.state != "done":  # something has changed since the try
        return _page(request, ImportForm(), report=report, status=409)
    kept = len(report.new) + len(report.changed)
    messages.success(request, _("Übernommen: {kept} Gebiete.").format(kept=kept))
    return redirect("space:areas")


def _kept(who: Who, data: bytes, plan: dict[str, Any]) -> str:
    """The file as the confirmation brings it back: signed, so that it is the one that was looked at."""
    said = {"account": who.account, "data": data.decode(), "plan": plan}
    return signing.dumps(said, salt=SALT, compress=True)


def _page(
    request: HttpRequest,
    form: ImportForm,
    *,
    report: actions.Report | None = None,
    kept: str = "",
    large: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "report": report, "confirmation": kept, "large": large, "title": TITLE}
    return render(request, "space/desk_areas.html", context, status=status)
