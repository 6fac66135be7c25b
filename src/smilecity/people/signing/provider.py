# SPDX-License-Identifier: EUPL-1.2
"""Signing in with an account held elsewhere (OpenID Connect): believed only if everything it says can be checked."""

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from smilecity.people.signing.adapters import NotBelieved

ALGORITHMS = ("RS256", "PS256", "ES256")
# Where the browser's session keeps what the provider must repeat in its signed answer.
NONCE = "provider_nonce"


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    """allauth's adapter, stricter: issuer, signature, audience, time and nonce are checked, and little is kept."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description. It must be of the issuer that the operator configured."""
        known: dict[str, Any] = super().openid_config
        configured = str(self.get_provider().app.settings["server_url"])
        if str(known.get("issuer", "")).rstrip("/") != configured.rstrip("/"):
            raise NotBelieved("another issuer than configured")
        return known

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """One address in all languages, as it is registered at the provider."""
        with translation.override("de"):
            path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return request.build_absolute_uri(path)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Who it is, from the signed answer; of all that the provider tells, only number and address are kept."""
        answer = kwargs["response"].get("id_token")
        if not isinstance(answer, str):
            raise NotBelieved("no id_token")
        signed = self._decode_id_token(app, answer)
        asked = request.session.pop(NONCE, None)
        if not asked or signed.get("nonce") != asked:
            raise NotBelieved("another nonce than asked with")
        said = signed if "email" in signed else {**signed, **self._told(token, signed["sub"])}
        kept = {
            "sub": signed["sub"],
            "email": said.get("email") or "",
            "email_verified": said.get("email_verified") is True,
        }
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _told(self, token: SocialToken, subject: str) -> dict[str, Any]:
        told = self._fetch_user_info(token.token)
        if told.get("sub") != subject:
            raise NotBelieved("userinfo of somebody else")
        return {name: told.get(name) for name in ("email", "email_verified")}

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """The signed answer, checked even though it came over TLS: allauth would leave the signature out."""
        import jwt

        config = self.openid_config
        try:
            algorithm, key = jwtkit.fetch_key(id_token, config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in ALGORITHMS:
                raise NotBelieved("an algorithm we do not take")
            decoded: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
                algorithms=[algorithm],
                audience=app.client_id,
                issuer=config["issuer"],
                leeway=30,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise NotBelieved("the signed answer does not hold") from error
        return decoded
