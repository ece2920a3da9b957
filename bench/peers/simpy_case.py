"""Events a second of SimPy: processes that sleep for uniform draws of up to a second, over and over.

    python simpy_case.py        # answers each line on stdin, a number of processes, by events a second of CPU time
"""

import random
import sys
import time

import simpy

EVENTS = 200_000


def sleeper(env, draw):
    while True:
        yield env.timeout(draw())


def rate(processes):
    env = simpy.Environment()
    draw = random.Random(1).random
    for _ in range(processes):
        env.process(sleeper(env, draw))
    begun = time.process_time()
    for _ in range(EVENTS):
        env.step()
    return EVENTS / (time.process_time() - begun)


print("ready", flush=True)
for line in sys.stdin:
    print(rate(int(line)), flush=True)
