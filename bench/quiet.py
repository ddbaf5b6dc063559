"""Tables are printed, and of the program's log nothing but errors."""

import logging
import warnings

import structlog
from telegram.warnings import PTBUserWarning


def quiet() -> None:
    """Leave out what the program logs of its work, and the warning that the program leaves out."""
    only_errors = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=only_errors)
    warnings.filterwarnings("ignore", "Please use 'Bot.", PTBUserWarning)
