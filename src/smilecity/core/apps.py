# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Core(AppConfig):
    name = "smilecity.core"
    label = "core"
