"""Makes ppo-losses.json: PPO's losses and their gradients as TRL writes them, by JAX in double precision.

    pip install jax
    python test/golden/ppo-losses.py
    npx prettier --write test/golden/ppo-losses.json

The lines between `policy` and `value` follow PPOTrainer.train of TRL (trl/trainer/ppo_trainer.py): padded
batches (B, T) with masks, masked_mean, masked_whiten, clamp and maximum; the gradients are automatic.
"""

import json
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np

CLIP_RANGE, CLIP_RANGE_VALUE = 0.2, 0.15


def masked_mean(values, mask):
    return (values * mask).sum() / mask.sum()


def masked_whiten(values, mask, shift_mean=True):
    mean = masked_mean(values, mask)
    variance = masked_mean((values - mean) ** 2, mask)
    variance = variance * mask.sum() / (mask.sum() - 1)
    whitened = (values - mean) * jax.lax.rsqrt(variance + 1e-8)
    return whitened if shift_mean else whitened + mean


def policy(new, old, advantages, mask):
    ratio = jnp.exp(new - old)
    losses = -advantages * ratio
    clipped = -advantages * jnp.clip(ratio, 1.0 - CLIP_RANGE, 1.0 + CLIP_RANGE)
    loss = masked_mean(jnp.maximum(losses, clipped), mask)
    return loss, {
        "clipFraction": masked_mean((clipped > losses).astype(float), mask),
        "approximateKl": masked_mean(0.5 * (new - old) ** 2, mask),
        "ratio": masked_mean(ratio, mask),
    }


def value(values, old, returns, mask):
    clipped = jnp.clip(values, old - CLIP_RANGE_VALUE, old + CLIP_RANGE_VALUE)
    losses, clipped_losses = jnp.square(values - returns), jnp.square(clipped - returns)
    loss = 0.5 * masked_mean(jnp.maximum(losses, clipped_losses), mask)
    return loss, {"clipFraction": masked_mean((clipped_losses > losses).astype(float), mask)}


rng = np.random.default_rng(20)
LENGTHS = [7, 3, 5, 1]
mask = np.array([[float(t < length) for t in range(max(LENGTHS))] for length in LENGTHS])
shape = mask.shape
old = -rng.exponential(1.5, shape)
new = np.minimum(old + 0.3 * rng.standard_normal(shape), -1e-3)
rewards = rng.standard_normal(shape)
advantages = masked_whiten(jnp.array(rng.standard_normal(shape)), mask)
old_values = rng.standard_normal(shape)
values = old_values + 0.3 * rng.standard_normal(shape)
returns = old_values + rng.standard_normal(shape)

flat = lambda x: [float(v) for v in np.asarray(x)[mask > 0]]


def judged(f, *inputs):
    (loss, figures), gradient = jax.value_and_grad(f, has_aux=True)(*map(jnp.asarray, inputs), mask)
    return {"loss": float(loss), **{k: float(v) for k, v in figures.items()}, "gradient": flat(gradient)}


golden = {
    "lengths": LENGTHS,
    "rewards": flat(rewards),
    "whitenedRewards": flat(masked_whiten(jnp.array(rewards), mask, shift_mean=False)),
    "policy": {
        "clipRange": CLIP_RANGE,
        "logProb": flat(new),
        "oldLogProb": flat(old),
        "advantages": flat(advantages),
        "expect": judged(policy, new, old, advantages),
    },
    "value": {
        "clipRange": CLIP_RANGE_VALUE,
        "values": flat(values),
        "oldValues": flat(old_values),
        "returns": flat(returns),
        "expect": judged(value, values, old_values, returns),
    },
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=2) + "\n")
