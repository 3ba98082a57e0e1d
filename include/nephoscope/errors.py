"""The errors of Nephoscope: each says what is wrong, where, and what to do.

NephoscopeError
├── ConfigError        the owner wrote something wrong; trying again can't help
├── OverBudget         a run would cost more than the owner allows; nothing was asked
├── AccessDenied       AWS or Elasticsearch refuses this identity; trying again can't help
├── SourceError        AWS did not answer, or not whole; trying again may help
├── StoreError         Elasticsearch did not take what was written; trying again may help
│   ├── StoreFull      its disk is full or the index is read-only; wait for the owner
│   └── Rejected       it refuses documents for what they are; trying again can't help
└── Incomplete         a run ended and something is missing; the message says what
"""

from enum import StrEnum


class Remedy(StrEnum):
    """What a scheduler does about an error."""

    FAIL = "fail"
    RETRY = "retry"
    WAIT = "wait"


class NephoscopeError(Exception):
    """Any error whose sentence a person can act on."""

    remedy = Remedy.FAIL


class ConfigError(NephoscopeError):
    """The collections, a setting, a connection or a parameter is wrong."""


class OverBudget(NephoscopeError):
    """The run would cost more than the budget in the collections allows; nothing was asked."""


class AccessDenied(NephoscopeError):
    """AWS or Elasticsearch refuses the identity that the connection gives."""


class SourceError(NephoscopeError):
    """AWS did not answer, or did not answer all that was asked."""

    remedy = Remedy.RETRY


class StoreError(NephoscopeError):
    """Elasticsearch did not answer, or did not take what was written."""

    remedy = Remedy.RETRY


class StoreFull(StoreError):
    """Elasticsearch's disk is over its flood stage, or the index is read-only."""

    remedy = Remedy.WAIT


class Rejected(StoreError):
    """Elasticsearch refuses documents for what they are, such as a type that does not fit."""

    remedy = Remedy.FAIL


class Incomplete(NephoscopeError):
    """A run has ended and not all that it should have collected is stored."""
