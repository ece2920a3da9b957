"""Makes packet-error.json: packet error rates over Rayleigh fading, and x K1(x), by SciPy and NumPy.

    pip install numpy scipy
    python test/golden/packet-error.py
    npx prettier --write test/golden/packet-error.json

An error rate is E[1 - exp(-m / (s h))], h ~ Exp(1), m the waterfall threshold and s the mean SINR: once by quadrature
over the law of h, once as the mean of ten million draws, with its standard error.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import integrate, special

M = 10**0.0023
draws = np.random.default_rng(1).exponential(size=10_000_000)


def rate(ratio):
    error = lambda h: -np.expm1(-M / (ratio * h)) * np.exp(-h)
    pieces = [0, 1e-4 / ratio, 0.01 / ratio, 1 / ratio, 1 + 1 / ratio, 60 + 60 / ratio]
    quadrature = sum(
        integrate.quad(error, a, b, epsabs=0, epsrel=1e-12, limit=500)[0] for a, b in zip(pieces, pieces[1:])
    )
    drawn = -np.expm1(-M / (ratio * draws))
    return [ratio, quadrature, drawn.mean(), drawn.std() / np.sqrt(draws.size)]


ratios = [0.1, 0.5, 1.0, 3.1622776601683795, 10.0, 100.0, 10000.0]
xs = [0.0001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0]
Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "about": f"Made by packet-error.py, SciPy {scipy.__version__}, NumPy {np.__version__}; m = 10^0.0023",
            "columns of rates": "mean SINR, by quadrature, by draws, standard error of the draws",
            "rates": [rate(ratio) for ratio in ratios],
            "xK1": [[x, x * float(special.k1(x))] for x in xs],
        },
        indent=2,
    )
    + "\n"
)
