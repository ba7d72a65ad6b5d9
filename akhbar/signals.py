"""Signals that ask a command to stop."""

import signal

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals() -> None:
    """Makes the first SIGINT, SIGTERM or SIGHUP raise `KeyboardInterrupt`; later ones do not interrupt the cleanup."""

    def stop(*_: object) -> None:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, stop)
