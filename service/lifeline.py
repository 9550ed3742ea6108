"""Let a child process end with its parent, so that a killed parent leaves nothing behind (Linux only)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def tied(to_parent: int, sig: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """Return a `preexec_fn` after which the child gets `sig` when the process `to_parent` ends."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, sig)
        if os.getppid() != to_parent:  # the parent ended before the tie held
            os._exit(1)

    return tie
