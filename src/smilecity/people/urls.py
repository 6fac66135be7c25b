# SPDX-License-Identifier: EUPL-1.2
"""Addresses: what is mine, organisations, and the desk of those who give roles and keep keys."""

from allauth import urls as allauth
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path

from smilecity.people import pages
from smilecity.people.pages import (
    consents,
    data,
    entrance,
    keys,
    notices,
    organisations,
    processing,
    roles,
    webhooks,
)

# Ours stand before allauth's of the same name.
ACCOUNT: list[URLPattern | URLResolver] = [
    path("signup/", entrance.SignUp.as_view(), name="account_signup"),
    path("signup/passkey/", entrance.SignUpByPasskey.as_view(), name="account_signup_by_passkey"),
    path("3rdparty/signup/", entrance.SignUpElsewhere.as_view(), name="socialaccount_signup"),
    path("oidc/<str:provider_id>/login/", entrance.go_elsewhere, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", entrance.come_back, name="openid_connect_callback"),
    path("sessions/", transaction.atomic(entrance.Devices.as_view()), name="usersessions_list"),
    path("sessions/<int:session>/end/", entrance.end_session, name="end-session"),
    path("2fa/", entrance.passkeys, name="mfa_index"),
    *entrance.in_one_transaction(allauth.urlpatterns),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include(ACCOUNT)),
    path("me/", pages.me, name="me"),
    path("me/profile/", pages.profile, name="my-profile"),
    path("me/notices/", notices.inbox, name="notices"),
    path("me/notices/read/", notices.read, name="notices-read"),
    path("me/notices/choices/", notices.choices, name="notice-choices"),
    path("me/notices/browser/", notices.browser, name="notice-browser"),
    path("me/notices/<int:number>/", notices.open_notice, name="notice"),
    path("me/follows/", notices.follows, name="follows"),
    path("me/follows/<int:noun>/", notices.follow, name="follow"),
    path("notices/off/<str:token>/", notices.mail_off, name="notices-off"),
    path("me/consents/", consents.consents, name="my-consents"),
    path("me/data/", data.my_data, name="my-data"),
    path("me/data/download/", data.my_data_download, name="my-data-download"),
    path("me/data/forget/", data.forget_me, name="forget-me"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("privacy/register/", processing.public_register, name="privacy-register"),
    path("desk/organisations/", organisations.desk_organisations, name="desk-organisations"),
    path("desk/organisations/new/", organisations.new_organisation, name="desk-organisation-new"),
    path("desk/organisations/<slug:slug>/", organisations.edit_organisation, name="desk-organisation"),
    path("desk/organisations/<slug:slug>/roles/", roles.organisation_roles, name="desk-organisation-roles"),
    path("desk/roles/", roles.desk_roles, name="desk-roles"),
    path("desk/roles/<int:held>/end/", roles.end_role, name="end-role"),
    path("desk/keys/", keys.desk_keys, name="desk-keys"),
    path("desk/keys/<int:key>/revoke/", keys.revoke_key, name="revoke-key"),
    path("desk/webhooks/", webhooks.desk_webhooks, name="desk-webhooks"),
    path("desk/webhooks/new/", webhooks.new_webhook, name="desk-webhook-new"),
    path("desk/webhooks/<int:number>/", webhooks.one_webhook, name="desk-webhook"),
    path("desk/webhooks/<int:number>/edit/", webhooks.edit_webhook, name="desk-webhook-edit"),
    path("desk/webhooks/<int:number>/do/", webhooks.do_webhook, name="desk-webhook-do"),
    path("desk/webhooks/<int:number>/secret/", webhooks.renew_webhook, name="desk-webhook-secret"),
    path("desk/webhooks/<int:number>/remove/", webhooks.remove_webhook, name="desk-webhook-remove"),
    path("desk/processing/", processing.desk_processing, name="desk-processing"),
]
