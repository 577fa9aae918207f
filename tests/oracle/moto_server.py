# moto's server as the tests' second opinion on state machines: one fault mended, and retries that do not wait.
import sys

from moto.server import main
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.backend.execution import Execution

# A state machine's executions are deep-copied with it, and one that has run holds a thread: the second start would fail.
Execution.__deepcopy__ = lambda self, memo: self


class NoWait:
    sleep = staticmethod(lambda seconds: None)


retrier_decl.time = NoWait

main(["-H", "127.0.0.1", "-p", sys.argv[1]])
