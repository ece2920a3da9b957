"""Answers requests from standard input until it ends."""

import signal
import sys
import traceback

from .frames import Pipes

OPERATIONS = ("hello", "base", "states", "log_probs", "gradient", "scores", "generate")


def main():
    # Ctrl-C in a terminal goes to every process of pwff: this one ends when its input does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipes = Pipes()
    try:
        from . import operations
    except ImportError as error:
        pipes.send({"absent": str(error)}, {})
        sys.exit(f"pwff_worker: {error}")
    worker = operations.Worker()
    while True:
        request, arrays = pipes.next()
        if request["operation"] not in OPERATIONS:
            raise ValueError(f"no operation {request['operation']}")
        try:
            answer, results = getattr(worker, request["operation"])(request, arrays)
        except operations.Missing:
            answer, results = {"missing": True}, {}
        except Exception as error:
            traceback.print_exc()
            answer, results = {"error": words_of(error), "memory": is_memory(error)}, {}
        pipes.send(answer, results)


def words_of(error):
    return f"{type(error).__name__}: {error}".split("\n", 1)[0]


def is_memory(error):
    words = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(each in str(error) for each in words)


main()
