# SPDX-License-Identifier: EUPL-1.2
"""Django's own settings, derived from the node's. Operators change `settings.py`'s variables, never this."""

from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from smilecity.city.boot import node
from smilecity.city.mail_server import MailServer
from smilecity.city.parse import LANGUAGES as NAMES_OF_LANGUAGES

NODE = node()
SMILE = NODE.settings
_here = Path(__file__).parent


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    named = {key: parts.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named["dbname"],
        "USER": named["user"],
        "PASSWORD": named["password"],
        "HOST": named["host"],
        "PORT": str(named["port"]),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # As our own server is set, on any: to compile a short question takes longer than to answer it, and no disk
        # of today reads far more slowly out of order. What the address says wins.
        "OPTIONS": {
            **parts,
            "options": f"-c jit=off -c random_page_cost=1.1 {parts.get('options') or ''}".strip(),
        },
        "TEST": {"TEMPLATE": "template0"},
    }


DATABASES = {"default": _database(NODE.url)}
SECRET_KEY = NODE.secret
DEBUG = False
ALLOWED_HOSTS = [
    host for host in ("localhost", "127.0.0.1", "[::1]", SMILE.host, urlsplit(SMILE.address).hostname) if host
]
ROOT_URLCONF = "smilecity.city.urls"
WSGI_APPLICATION = "smilecity.city.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "smilecity.people",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "smilecity.core",
    "smilecity.space",
    "smilecity.things",
    "smilecity.citizens",
    "smilecity.places",
    "smilecity.governance",
    "smilecity.city",
]
MIDDLEWARE = [
    "smilecity.city.keeping.Keeping",
    "smilecity.city.middleware.Refusals",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_here / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smilecity.city.wiring.page_context",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "pseudonym")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
LOGOUT_REDIRECT_URL = "start"

# Signing in, by allauth: the address is proven by a code before the first time; nobody is told who has an account.
ACCOUNT_ADAPTER = "smilecity.people.signing.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "smilecity.people.forms.accounts.SignUpQuestions"
ACCOUNT_FORMS = {
    name: f"smilecity.people.forms.signing_in.{form}"
    for name, form in {
        "login": "LoginForm",
        "signup": "SignupForm",
        "add_email": "NewEmailForm",
        "change_email": "OtherEmailForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "reauthenticate": "ReauthenticateForm",
        "confirm_email_verification_code": "CodeForm",
    }.items()
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "smilecity.people.signing.adapters.shown_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"confirm_email": "3/1m/key"}  # a double click is no attack
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
MFA_ADAPTER = "smilecity.people.signing.adapters.Passkeys"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "add_webauthn": "smilecity.people.forms.signing_in.NewPasskeyForm",
    "signup_webauthn": "smilecity.people.forms.signing_in.FirstPasskeyForm",
    "edit_webauthn": "smilecity.people.forms.signing_in.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "smilecity.people.signing.adapters.Elsewhere"
SOCIALACCOUNT_AUTO_SIGNUP = False  # a pseudonym and the terms are asked of everybody
SOCIALACCOUNT_FORMS = {"signup": "smilecity.people.forms.signing_in.ElsewhereSignupForm"}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": SMILE.oidc_name or urlsplit(SMILE.oidc_url).hostname,
                "client_id": SMILE.oidc_client,
                "secret": SMILE.oidc_secret,
                "settings": {"server_url": SMILE.oidc_url, "uid_field": "sub"},
            }
        ]
        if SMILE.oidc_url
        else [],
    }
}

LANGUAGE_CODE = "de"
LANGUAGES = [(code, NAMES_OF_LANGUAGES[code]) for code in SMILE.languages]
LOCALE_PATHS = [_here / "locale"]
USE_TZ = True
TIME_ZONE = str(SMILE.zone)
STATIC_URL = "/static/"
STATIC_ROOT = _here / "static"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SMILE.secure

EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = NODE.folder / "mail"  # without a mail server
EMAIL_BACKEND = "smilecity.city.mail.FolderBackend"
if SMILE.mail:
    _server = MailServer.read(SMILE.mail)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _server.host, _server.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _server.user, _server.secret
    EMAIL_USE_TLS, EMAIL_USE_SSL = _server.tls == "starttls", _server.tls == "always"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = (
    SMILE.mail_from or f"noreply@{urlsplit(SMILE.address).hostname or 'localhost'}"
)
TABLES = NODE.folder / "tables"  # of values, until they are taken in
PUSH_KEY_FILE = NODE.folder / "push-key.pem"  # made at first use

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = SMILE.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SMILE.address] if SMILE.address else []
CSRF_FAILURE_VIEW = "smilecity.city.pages.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = SMILE.body_limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LOGGING_CONFIG = None
PROCRASTINATE_ON_APP_READY = "smilecity.city.wiring.add_jobs"
