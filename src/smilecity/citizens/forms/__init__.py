# SPDX-License-Identifier: EUPL-1.2
"""What a person may type."""

from smilecity.citizens.forms.categories import AskForm, CategoriesFileForm, CategoryForm, ResponsibleForm
from smilecity.citizens.forms.deciding import (
    AppealForm,
    DecideForm,
    HandForm,
    HideForm,
    ManyForm,
    ObjectionForm,
    PublishForm,
    StepForm,
)
from smilecity.citizens.forms.photos import pictures, taken_along
from smilecity.citizens.forms.refusable import RefusableForm
from smilecity.citizens.forms.reporting import (
    DeputyForm,
    DueForm,
    ReopenForm,
    SortForm,
    TogetherForm,
    WorkerForm,
)
from smilecity.citizens.forms.say import CodeForm, SayForm

__all__ = [
    "AppealForm", "AskForm", "CategoriesFileForm", "CategoryForm", "CodeForm", "DecideForm", "DeputyForm", "DueForm",
    "HandForm", "HideForm", "ManyForm", "ObjectionForm", "PublishForm", "RefusableForm", "ReopenForm",
    "ResponsibleForm", "SayForm", "SortForm", "StepForm", "TogetherForm", "WorkerForm", "pictures", "taken_along",
]  # fmt: skip
