# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class City(AppConfig):
    name = "smilecity.city"
    label = "city"
