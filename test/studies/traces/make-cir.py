"""Makes single.npz and double.npz, impulse responses with the axes of Sionna RT's, and prints the SNR of each
receiver over time by NumPy. Needs NumPy, and nothing of Sionna. The last path of receiver 2 is none."""
import numpy as np

rng = np.random.default_rng(1)
a = (rng.normal(size=(2, 1, 1, 1, 3, 4)) + 1j * rng.normal(size=(2, 1, 1, 1, 3, 4))) * 1e-5
tau = np.array([[[1e-7, 2e-7, 9e-7]], [[3e-7, 5e-7, -1.0]]])
np.savez("single.npz", a=a.astype(np.complex64), tau=tau.astype(np.float32), sampling_frequency=20.0)
tau_of_antennas = np.broadcast_to(tau[:, None, :, None, :], (2, 1, 1, 1, 3)).copy()
np.savez_compressed("double.npz", a=a.astype(np.complex128), tau=tau_of_antennas, sampling_frequency=20.0)

power_watts, bandwidth_hz, noise_figure_db = 0.1, 1e7, 7
noise = 10 ** ((-174 + 10 * np.log10(bandwidth_hz) + noise_figure_db - 30) / 10)
f = ((np.arange(64) + 0.5) / 64 - 0.5) * bandwidth_hz
for rx in range(2):
    for t in range(4):
        paths = [p for p in range(3) if tau[rx, 0, p] >= 0]
        h = sum(a[rx, 0, 0, 0, p, t] * np.exp(-2j * np.pi * f * tau[rx, 0, p]) for p in paths)
        snr = 2 ** np.mean(np.log2(1 + power_watts * abs(h) ** 2 / noise)) - 1
        print(rx + 1, t / 20, 10 * np.log10(snr))
