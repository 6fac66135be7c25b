# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Places(AppConfig):
    name = "smilecity.places"
    label = "places"
