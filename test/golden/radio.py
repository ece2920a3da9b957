"""Makes radio.json: special functions, laws of fading gains and what links come to under them, by SciPy.

    pip install numpy scipy
    python test/golden/radio.py
    npx prettier --write test/golden/radio.json
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import integrate, interpolate, optimize, special, stats

LN2 = np.log(2)
SNR = 10**0.5


def rician(k):
    return stats.ncx2(2, 2 * k, scale=1 / (2 * (k + 1)))


def nakagami(m):
    return stats.gamma(m, scale=1 / m)


LAWS = {
    "rayleigh": (stats.expon(), {}),
    "rician 0.5": (rician(0.5), {"ricianK": 0.5}),
    "rician 3": (rician(3), {"ricianK": 3}),
    "rician 30": (rician(30), {"ricianK": 30}),
    "nakagami 0.5": (nakagami(0.5), {"nakagamiM": 0.5}),
    "nakagami 0.7": (nakagami(0.7), {"nakagamiM": 0.7}),
    "nakagami 2": (nakagami(2), {"nakagamiM": 2}),
    "nakagami 15": (nakagami(15), {"nakagamiM": 15}),
}


def mean(law, f, above=0.0):
    """E[f(G); G >= above]: in s = sqrt(gain), where no density is singular at 0, between far quantiles."""
    low, high = np.sqrt(max(above, law.ppf(1e-18))), np.sqrt(law.isf(1e-18))
    cuts = np.unique(np.clip([low, 0.01, 0.1, 0.3, 0.6, 1, 1.4, 2, high], low, high))
    piece = lambda s: f(s * s) * law.pdf(s * s) * 2 * s
    return sum(
        integrate.quad(piece, a, b, epsabs=1e-14, epsrel=1e-12, limit=400)[0] for a, b in zip(cuts, cuts[1:])
    )


def figures(law):
    """B = 1 Hz, mean SNR 5 dB; cutoff gain 0.1, ten receivers."""
    capacity = lambda g: np.log1p(SNR * g) / LN2
    ergodic = mean(law, capacity)
    inverse = mean(law, lambda g: 1 / g, 0.1)
    return {
        "ergodic": ergodic,
        "deviation": np.sqrt(mean(law, lambda g: (capacity(g) - ergodic) ** 2)),
        "outage1": law.cdf(1 / SNR),
        "cutoffMean": mean(law, capacity, 0.1),
        "inverse": inverse,
        "inversionMean": law.sf(0.1) * np.log1p(SNR / inverse) / LN2,
        "commonOfTen": mean(law, lambda g: capacity(g) * 10 * law.sf(g) ** 9),
    }


def incremental(law, rate, count):
    """P(sum of n capacities < rate) for n = 1..count: Gauss-Legendre in t, gain = most t^4; cubic splines."""
    grid = rate * LN2 * np.linspace(0, 1, 401) ** 2
    t, w = np.polynomial.legendre.leggauss(400)
    t, w = (t + 1) / 2, w / 2
    failure = lambda nats: law.cdf(np.expm1(nats) / SNR)
    found = [float(failure(rate * LN2))]
    for _ in range(count - 1):
        values = [0.0]
        for nats in grid[1:]:
            most = np.expm1(nats) / SNR
            gain = most * t**4
            rest = np.maximum(nats - np.log1p(SNR * gain), 0)
            density = law.pdf(gain) * most * 4 * t**3
            values.append(np.sum(w * failure(rest) * density))
        spline = interpolate.CubicSpline(grid, values)
        found.append(float(values[-1]))
        failure = spline
    return found


def normal_approximation(n, error, ratio):
    """Polyanskiy, Poor and Verdú 2010, complex Gaussian noise, bits per channel use."""
    dispersion = (1 - (1 + ratio) ** -2.0) / LN2**2
    return np.log2(1 + ratio) - np.sqrt(dispersion / n) * stats.norm.isf(error) + np.log2(n) / (2 * n)


def ratio_of(n, error, rate):
    """The greatest ratio at which the approximation is this rate; by Brent, from the minimum on."""
    f = lambda ratio: normal_approximation(n, error, ratio) - rate
    lowest = optimize.minimize_scalar(f, bounds=(0, 1), method="bounded", options={"xatol": 1e-12}).x
    return optimize.brentq(f, lowest, 1e15, xtol=1e-15, rtol=1e-14)


def short_packets(n, error, bits):
    """Rayleigh at 5 dB: mean rate, and the loss of a packet that is sent within one block where that is not silent."""
    least = ratio_of(n, error, 0) / SNR
    most = 4000
    gains = [np.inf] + [ratio_of(n, error, bits / (n * m)) / SNR for m in range(1, most)]
    shares = [np.exp(-a) - np.exp(-b) for a, b in zip(gains[1:], gains)]
    lost = sum((1 - (1 - error) ** (m + 1)) * share for m, share in enumerate(shares))
    lost += np.exp(-least) - np.exp(-gains[-1])
    rate = lambda g: normal_approximation(n, error, SNR * g) * np.exp(-g)
    return {
        "channelUses": n,
        "errorRate": error,
        "leastRatio": least * SNR,
        "meanRate": integrate.quad(rate, least, 1, epsabs=1e-13)[0] + integrate.quad(rate, 1, 60, epsabs=1e-13)[0],
        "bits": bits,
        "packetLoss": lost / np.exp(-least),
    }


def table(f, *grids):
    points = np.stack(np.meshgrid(*grids), -1).reshape(-1, len(grids))
    return [[*map(float, point), float(f(*point))] for point in points]


gains = [1e-6, 0.001, 0.05, 0.3, 1, 1.7, 3]
ranks = [1e-14, 1e-8, 0.001, 0.1, 0.6931, 1, 2.5, 10, 30]
shapes = [0.5, 0.7, 1, 2, 9.5, 60, 1000]
chi = [(n, lam, x) for n in (1, 2, 4) for lam in (0.3, 3, 40, 900) for x in (0.01, 0.5, 3, 40, 900)]
zeros = [2.404825557695773]
incomplete = [1e-6, 0.1, 1, 3, 9, 55, 70, 990, 1100]
chase = {
    "rician 3": [stats.ncx2.cdf(2 * 4 * 2.0, 2 * n, 2 * n * 3) for n in (1, 2, 3, 4)],
    "nakagami 2": [stats.gamma.cdf(2 * 2.0, 2 * n) for n in (1, 2, 3, 4)],
}

out = {
    "about": f"Made by radio.py, SciPy {scipy.__version__}, NumPy {np.__version__}; 5 dB, a band of 1 Hz",
    "besselJ0": table(special.j0, [0, 1e-3, 0.1, 0.5, 1, 2, *zeros, 5, 13, 30, 49.9, 50.1, 300, 1e4]),
    "besselI0Scaled": table(special.i0e, [0, 0.01, 1, 5, 24.9, 25.1, 100, 1e4]),
    "logGamma": table(special.gammaln, [0.1, 0.5, 1.5, 3, 9.99, 10.01, 123.4, 1e4]),
    "gammaLower": table(special.gammainc, shapes, incomplete),
    "gammaUpper": table(special.gammaincc, shapes, incomplete),
    "noncentralLower": [[n, lam, x, float(stats.ncx2.cdf(2 * x, 2 * n, 2 * lam))] for n, lam, x in chi],
    "noncentralUpper": [[lam, x, float(stats.ncx2.sf(2 * x, 2, 2 * lam))] for n, lam, x in chi if n == 1],
    "lambertW": table(lambda x: special.lambertw(x).real, [1e-9, 0.1, 1, np.e, SNR, 100, 1e6]),
    "normalTailQuantile": table(stats.norm.isf, [1e-12, 1e-5, 1e-3, 0.02, 0.1, 0.3, 0.4999]),
    "normalApproximation": table(
        normal_approximation, [100, 1000, 20_000], [1e-5, 1e-3, 0.1], [0.1, 1, SNR, 100]
    ),
    "shortPackets": [
        {key: float(value) for key, value in short_packets(*each).items()}
        for each in ((1000, 1e-3, 10_000), (200, 0.005, 3000), (500, 1e-5, 20_000))
    ],
    "laws": [
        {
            "name": name,
            "channel": {"fading": name.split()[0], "ricianK": 3, "nakagamiM": 2, **parameters},
            "cdf": table(law.cdf, gains),
            "sameQuantile": [
                [y, float(law.ppf(-np.expm1(-y)) if y < LN2 else law.isf(np.exp(-y)))] for y in ranks
            ],
            **{key: float(value) for key, value in figures(law).items()},
        }
        for name, (law, parameters) in LAWS.items()
    ],
    "chase": [
        {"name": name, "theta": 2.0, "failures": [float(value) for value in failures]}
        for name, failures in chase.items()
    ],
    "incremental": [
        {"name": name, "rate": rate, "failures": incremental(LAWS[name][0], rate, 4)}
        for name in ("rayleigh", "rician 3", "nakagami 2", "nakagami 0.5")
        for rate in (2.0, 5.0)
    ],
}

Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
