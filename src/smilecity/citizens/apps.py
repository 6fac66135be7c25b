# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Citizens(AppConfig):
    name = "smilecity.citizens"
    label = "citizens"
