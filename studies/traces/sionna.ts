import { UserError } from '../../src/errors.js';
import { dbmOfWatts, noiseDbmOf } from '../../src/radio/channel/large-scale/link-budget.js';
import { decibelsOf, ratioOfDecibels } from '../../src/radio/channel/rate.js';
import type { NumpyArray } from './npz.js';
import type { SnrTrace } from './trace-files.js';

/*
 * Channel impulse responses of Sionna RT, for a server that transmits and clients that receive:
 *
 *     a, tau = paths.cir(sampling_frequency=fs, num_time_steps=n, normalize_delays=False, out_type="numpy")
 *     numpy.savez("cir.npz", a=a, tau=tau, sampling_frequency=float(fs))
 *
 * a has the axes receiver, its antenna, transmitter, its antenna, path, time; tau has no time, and none for
 * antennas where arrays are synthetic. The first transmitter and the first antennas are taken.
 */

/** What turns a gain into a ratio. */
export interface Budget {
  readonly powerWatts: number;
  readonly bandwidthHz: number;
  readonly noiseFigureDb: number;
}

/** Frequencies over the band at which the channel is looked at. */
const frequencies = 64;

/**
 * The SNR of each receiver over time: that at which a flat channel would carry what this one does in the mean
 * over its band, 2^mean(log2(1 + P |H(f)|^2 / N)) - 1, with H(f) = sum of a exp(-j 2 pi f tau) over the paths.
 *
 * @throws UserError where an array is missing or has other axes.
 */
export function tracesOfSionna(
  arrays: ReadonlyMap<string, NumpyArray>,
  file: string,
  budget: Budget,
): readonly SnrTrace[] {
  const array = (name: string) => {
    const found = arrays.get(name);
    if (found === undefined)
      throw new UserError(`${file}: has no array "${name}", expected a, tau and sampling_frequency`);
    return found;
  };
  const [a, tau, sampling] = [array('a'), array('tau'), array('sampling_frequency')];
  const [receivers = 0, rxAntennas = 0, transmitters = 0, txAntennas = 0, paths = 0, times = 0] = a.shape;
  if (a.shape.length !== 6 || !a.isComplex || (tau.shape.length !== 5 && tau.shape.length !== 3)) {
    throw new UserError(
      `${file}: a has ${a.shape.length} axes and tau ${tau.shape.length}, expected complex a of 6 and tau of 5 or 3`,
    );
  }
  const perReceiver = transmitters * (tau.shape.length === 3 ? 1 : rxAntennas * txAntennas) * paths;
  return Array.from({ length: receivers }, (_, receiver) => {
    const firstPath = receiver * rxAntennas * transmitters * txAntennas * paths;
    const rows = Array.from({ length: times }, (_, time): [number, number] => {
      const taps = Array.from({ length: paths }, (_, path) => {
        const at = 2 * ((firstPath + path) * times + time);
        const delaySeconds = tau.values[receiver * perReceiver + path]!;
        return { real: a.values[at]!, imaginary: a.values[at + 1]!, delaySeconds };
      });
      return [time / sampling.values[0]!, decibelsOf(Math.max(snrOf(taps, budget), 1e-20))];
    });
    return { client: receiver + 1, direction: 'downlink', rows };
  });
}

/** A path's amplitude and delay; Sionna marks those that are none by a negative delay. */
export interface Tap {
  readonly real: number;
  readonly imaginary: number;
  readonly delaySeconds: number;
}

export function snrOf(taps: readonly Tap[], { powerWatts, bandwidthHz, noiseFigureDb }: Budget): number {
  const noiseDbm = noiseDbmOf({ noiseDensityDbmPerHz: -174, noiseFigureDb }, bandwidthHz);
  const unattenuated = ratioOfDecibels(dbmOfWatts(powerWatts) - noiseDbm);
  let nats = 0;
  for (let i = 0; i < frequencies; i++) {
    const hertz = ((i + 0.5) / frequencies - 0.5) * bandwidthHz;
    let [real, imaginary] = [0, 0];
    for (const tap of taps) {
      if (tap.delaySeconds < 0) continue;
      const phase = -2 * Math.PI * hertz * tap.delaySeconds;
      real += tap.real * Math.cos(phase) - tap.imaginary * Math.sin(phase);
      imaginary += tap.real * Math.sin(phase) + tap.imaginary * Math.cos(phase);
    }
    nats += Math.log1p(unattenuated * (real * real + imaginary * imaginary)) / frequencies;
  }
  return Math.expm1(nats);
}
