# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Space(AppConfig):
    name = "smilecity.space"
    label = "space"
