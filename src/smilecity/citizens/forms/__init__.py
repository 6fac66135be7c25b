# SPDX-License-Identifier: EUPL-1.2
"""What a person may type."""

from smilecity.citizens.forms.deciding import (
    AppealForm,
    DecideForm,
    HandForm,
    HideForm,
    ManyForm,
    PublishForm,
    StepForm,
)
from smilecity.citizens.forms.refusable import RefusableForm
from smilecity.citizens.forms.say import SayForm

__all__ = [
    "AppealForm",
    "DecideForm",
    "HandForm",
    "HideForm",
    "ManyForm",
    "PublishForm",
    "RefusableForm",
    "SayForm",
    "StepForm",
]
