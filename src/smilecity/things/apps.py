# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Things(AppConfig):
    name = "smilecity.things"
    label = "things"
