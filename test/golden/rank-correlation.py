"""Makes rank-correlation.json: Spearman's rho with the interval of Bonett and Wright (2000), by SciPy.

SciPy has no interval for Spearman's rho. Its interval of Pearson's r is Fisher's, with standard error
1 / sqrt(n - 3); at the number of pairs m with 1 / (m - 3) = (1 + rho^2 / 2) / (n - 3) it is the one wanted.

    pip install scipy
    python test/golden/rank-correlation.py
    npx prettier --write test/golden/rank-correlation.json
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import spearmanr
from scipy.stats._stats_py import PearsonRResult

CASES = [
    [[1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]],
    [[1, 2, 2, 4, 5], [1, 3, 2, 5, 4]],
    [[0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95], [0.1, 0, 0.2, 0.1, 0.5, 0.4, 0.9, 0.7, 1, 0.9]],
    [[1, 2, 3, 4, 5, 6, 7], [7, 3, 5, 6, 2, 4, 1]],
]


def case(x, y):
    rho = float(spearmanr(x, y).statistic)
    pairs = 3 + (len(x) - 3) / (1 + rho**2 / 2)
    result = PearsonRResult(statistic=np.float64(rho), pvalue=0, alternative="two-sided", n=pairs, x=np.array(x), y=np.array(y), axis=0)
    found = result.confidence_interval(0.95)
    return {"x": x, "y": y, "rho": rho, "low": float(found.low), "high": float(found.high)}


made = {"scipy": scipy.__version__, "cases": [case(x, y) for x, y in CASES]}
Path(__file__).with_suffix(".json").write_text(json.dumps(made, indent=2) + "\n")
