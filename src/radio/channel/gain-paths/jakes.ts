import { stream } from '../../../simulation/random/stream.js';
import { cosTurns, sinTurns } from '../special-functions.js';
import { segmentBlocks, type ComplexGains, type ScatteredField } from './gain-path.js';
import type { Motion } from './motion.js';

const anglesPerGroup = 5;
const groups = 25;
const paths = groups * anglesPerGroup;

/**
 * Isotropic scattering (Clarke 1968; Jakes 1974) by a sum of M = 125 sinusoids,
 *
 *   h = sqrt(1/M) sum over n of exp(2 pi i (cos(a_n) s + p_n)),
 *
 * at the way s in wavelengths that the client has come (motion.ts): s = fD t where the Doppler shift is steady.
 * Each sinusoid has a drawn phase p_n. Angles of arrival come in 25 groups of five that stand equally apart
 * around the circle, each group turned by a drawn angle of its own. Why so:
 *
 * - Every angle is uniform and every phase free, so over links the autocorrelation of h is J0(2 pi s) at
 *   every way s, E|h|^2 = 1 and E|h|^4 = 2 - 1/M (a Rayleigh channel: 2).
 * - Groups do not know of each other, so the autocovariance of the power, (1 - 5/M) J0^2 and four terms of
 *   weight 1/M, dies away as it should, and what a transfer gets over a long time varies as much as it
 *   should. Angles that stand equally apart all around the circle lose that: then each link's power averages
 *   out too soon.
 * - Five angles equally apart have sum cos = 0 and sum cos^2 = 5/2, as the circle has: every single link has
 *   Clarke's mean and mean square Doppler shift, so its level-crossing rate, and J0 itself at short lags.
 * - An odd number keeps opposite shifts out of a group; their pairs would make the real and the imaginary
 *   part of one link's gain depend on each other.
 *
 * (Compare Patel, Stueber and Pratt, IEEE Trans. Communications 53(6), 2005, on drawn and on fixed angles.)
 * Sine and cosine are taken at the first block of a run of even pace only, which is a segment but where the
 * client's speed changes; within it the phasors are turned block by block.
 */
export function jakesField(motion: Motion, seed: number, link: string): ScatteredField {
  const from = stream(seed, 'jakes', link);
  const cosines = new Float64Array(paths);
  const phases = new Float64Array(paths);
  for (let n = 0, turn = 0; n < paths; n++) {
    if (n % anglesPerGroup === 0) turn = from.uniform();
    cosines[n] = cosTurns(turn + (n % anglesPerGroup) / anglesPerGroup);
    phases[n] = from.uniform();
  }
  return {
    fill(segment, { real, imaginary }) {
      real.fill(0);
      imaginary.fill(0);
      for (const { start, end, turns, pace } of evenRuns(motion, segment)) {
        const own = { real: real.subarray(start, end), imaginary: imaginary.subarray(start, end) };
        for (let n = 0; n < paths; n++)
          addSinusoid(own, pace * cosines[n]!, phases[n]! + turns * cosines[n]!);
      }
    },
  };
}

/** Consecutive blocks of a segment over which the client's speed is one. */
interface Run {
  readonly start: number;
  /** The block after the last. */
  readonly end: number;
  /** At the first block, and more from each to the next. */
  readonly turns: number;
  readonly pace: number;
}

/**
 * Paces that differ by less are one: over a segment that makes a phase of less than 2e-4. After a very long way the
 * turns themselves are no finer than a few units in their last place.
 */
const toleranceAt = (turns: number) => 1e-7 + 4 * Number.EPSILON * Math.abs(turns);

function evenRuns(motion: Motion, segment: number): Run[] {
  const first = segment * segmentBlocks;
  const turns = Float64Array.from({ length: segmentBlocks + 1 }, (_, k) => motion.turnsAt(first + k));
  const paceOf = (k: number) => turns[k + 1]! - turns[k]!;
  const runs: Run[] = [];
  const tolerance = toleranceAt(turns[segmentBlocks]!);
  for (let start = 0, end = 0; start < segmentBlocks; start = end) {
    end = start + 1;
    while (end < segmentBlocks && Math.abs(paceOf(end - 1) - paceOf(start)) < tolerance) end++;
    const steps = Math.max(1, end - 1 - start);
    runs.push({ start, end, turns: turns[start]!, pace: (turns[start + steps]! - turns[start]!) / steps });
  }
  return runs;
}

const scale = Math.sqrt(1 / paths);

/**
 * Adds sqrt(1/M) exp(2 pi i (shift k + phase)) to block k, `shift` and `phase` in turns. Two halves of the run
 * go side by side: the steps of one wait for each other.
 */
function addSinusoid({ real, imaginary }: ComplexGains, shift: number, phase: number): void {
  const half = real.length >> 1;
  const c = cosTurns(shift);
  const s = sinTurns(shift);
  let x = scale * cosTurns(phase);
  let y = scale * sinTurns(phase);
  let u = scale * cosTurns(phase + half * shift);
  let v = scale * sinTurns(phase + half * shift);
  for (let k = 0; k < half; k++) {
    real[k]! += x;
    imaginary[k]! += y;
    real[k + half]! += u;
    imaginary[k + half]! += v;
    const turnedX = x * c - y * s;
    const turnedU = u * c - v * s;
    y = x * s + y * c;
    v = u * s + v * c;
    x = turnedX;
    u = turnedU;
  }
  if (real.length === 2 * half) return;
  real[2 * half]! += u;
  imaginary[2 * half]! += v;
}
