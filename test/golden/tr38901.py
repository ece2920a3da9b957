"""
What 3GPP TR 38.901 V16.1.0 says of lines of sight (table 7.4.2-1), of the effective height of UMa (note 1 of table
7.4.1-1) and of walls (tables 7.4.3-1 and 7.4.3-2), written down once more from the report alone. Standard library only.

    python3 test/golden/tr38901.py | npx prettier --parser json > test/golden/tr38901.json
"""

import json
from math import exp, hypot, log10

distances = [5.0, 18.0, 18.5, 36.0, 100.0, 250.0, 1000.0, 5000.0]


def umi(d):
    return 1.0 if d <= 18 else 18 / d + exp(-d / 36) * (1 - 18 / d)


def uma(d, h):
    if d <= 18:
        return 1.0
    c = 0.0 if h <= 13 else ((h - 13) / 10) ** 1.5
    return (18 / d + exp(-d / 63) * (1 - 18 / d)) * (1 + c * 5 / 4 * (d / 100) ** 3 * exp(-d / 150))


def one_meter(d, h):
    g = 0.0 if d <= 18 else 5 / 4 * (d / 100) ** 3 * exp(-d / 150)
    c = 0.0 if h < 13 else ((h - 13) / 10) ** 1.5 * g
    return 1 / (1 + c)


def uma_los(d, h_bs, h_ut, fc, h_e):
    d3d, d_bp = hypot(d, h_bs - h_ut), 4 * (h_bs - h_e) * (h_ut - h_e) * fc / 3e8
    if d <= d_bp:
        return 28.0 + 22 * log10(d3d) + 20 * log10(fc / 1e9)
    return 28.0 + 40 * log10(d3d) + 20 * log10(fc / 1e9) - 9 * log10(d_bp**2 + (h_bs - h_ut) ** 2)


def wall(model, ghz):
    glass, coated, concrete = 2 + 0.2 * ghz, 23 + 0.3 * ghz, 5 + 4 * ghz
    one, share = (glass, 0.3) if model == "low" else (coated, 0.7)
    return 5 - 10 * log10(share * 10 ** (-one / 10) + (1 - share) * 10 ** (-concrete / 10))


def rounded(values):
    return [round(value, 8) for value in values]


print(
    json.dumps(
        {
            "distancesMeters": distances,
            "umiInSight": rounded(umi(d) for d in distances),
            "uma": [
                {
                    "clientHeightMeters": h,
                    "inSight": rounded(uma(d, h) for d in distances),
                    "effectiveHeightIsOne": rounded(one_meter(d, h) for d in distances),
                }
                for h in [1.5, 13.0, 16.5, 22.5]
            ],
            "umaLosDb": [
                {"effectiveHeightMeters": h_e, "lossDb": rounded(uma_los(d, 25.0, 22.5, 2e9, h_e) for d in distances)}
                for h_e in [1.0, 12.0, 15.0, 18.0, 21.0]
            ],
            "walls": [
                {"indoorLoss": model, "gigahertz": ghz, "wallDb": round(wall(model, ghz), 8)}
                for model in ["low", "high"]
                for ghz in [0.7, 2.0, 3.5, 28.0]
            ],
        }
    )
)
