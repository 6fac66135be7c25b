# SPDX-License-Identifier: EUPL-1.2
"""Accounts and keys."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId


class Account(AbstractBaseUser):
    """A person's account; `pseudonym` is what others see. Purpose: to sign in; kept until the person leaves."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    email = models.EmailField(unique=True)
    pseudonym = models.TextField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["pseudonym"]
    objects = BaseUserManager()


class ApiKey(models.Model):
    """A machine's key: only its SHA-256 is stored, so it is shown once and cannot be read back."""

    INTAKE = "intake"
    SCOPES = (INTAKE,)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    name = models.TextField(unique=True)
    digest = models.BinaryField(unique=True)
    scopes = ArrayField(models.TextField())
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=["intake"]), name="api_key_scopes_known"
            ),
        )
