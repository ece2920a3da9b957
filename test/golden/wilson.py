"""Makes wilson.json: Wilson's 95 % interval of k successes in n trials, by SciPy.

    pip install scipy
    python test/golden/wilson.py
    npx prettier --write test/golden/wilson.json
"""

import json
from pathlib import Path

import scipy
from scipy.stats import binomtest

CASES = [(0, 10), (10, 10), (7, 10), (421, 780), (1, 1)]


def interval(k, n):
    found = binomtest(k, n).proportion_ci(0.95, method="wilson")
    return {"right": k, "count": n, "low": float(found.low), "high": float(found.high)}


made = {"scipy": scipy.__version__, "intervals": [interval(k, n) for k, n in CASES]}
Path(__file__).with_suffix(".json").write_text(json.dumps(made, indent=2) + "\n")
