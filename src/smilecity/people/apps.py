# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class People(AppConfig):
    name = "smilecity.people"
    label = "people"
