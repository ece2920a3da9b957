import { pathLosses } from '../../src/radio/channel/large-scale/path-loss.js';
import { mcsSteps } from '../../src/radio/channel/rate-policies/mcs.js';
import { decibelsOf, ratioOfDecibels } from '../../src/radio/channel/rate.js';
import { snrOf, type Tap } from './sionna.js';
import type { SnrTrace } from './trace-files.js';

/*
 * The examples in scenarios/traces, by a synthetic model: nothing in them was measured or ray-traced. Two
 * clients pass a server at 10 m/s; to each there are two paths, the straight one and one by a wall behind it
 * that reflects half of the amplitude. Path loss: 3GPP TR 36.814, macro.
 */

const budget = { powerWatts: 0.002, bandwidthHz: 1e6, noiseFigureDb: 7 };
const site = { baseHeightMeters: 25, clientHeightMeters: 1.5, carrierHz: 2e9 };
const lightMetersPerSecond = 299_792_458;
const metersPerSecond = 10;
const stepSeconds = 0.05;
const rows = 400;

/** Nearest distance to the server, and how far the wall is behind the client. */
const clients = [
  { besideMeters: 120, wallMeters: 15 },
  { besideMeters: 260, wallMeters: 40 },
] as const;

function snrDbAt(seconds: number, { besideMeters, wallMeters }: (typeof clients)[number]): number {
  const along = metersPerSecond * (seconds - (rows * stepSeconds) / 2);
  const straight = Math.hypot(besideMeters, along);
  const reflected = Math.hypot(besideMeters + 2 * wallMeters, along);
  return decibelsOf(snrOf([tapOf(straight, 1), tapOf(reflected, 0.5)], budget));
}

function tapOf(meters: number, amplitude: number): Tap {
  const delaySeconds = meters / lightMetersPerSecond;
  const gain = amplitude * Math.sqrt(ratioOfDecibels(-pathLosses['tr36814-macro'].lossDb(meters, site)));
  const phase = -2 * Math.PI * site.carrierHz * delaySeconds;
  return { real: gain * Math.cos(phase), imaginary: gain * Math.sin(phase), delaySeconds };
}

/** The SNR of two clients' uplinks and downlinks, which are alike. */
export function exampleTraces(): readonly SnrTrace[] {
  return clients.flatMap((client, index) =>
    (['uplink', 'downlink'] as const).map((direction) => ({
      client: index + 1,
      direction,
      rows: Array.from(
        { length: rows },
        (_, row) => [row * stepSeconds, snrDbAt(row * stepSeconds, client)] as const,
      ),
    })),
  );
}

/** The rate of the first of them with LTE's modulation and coding, 2 dB from Shannon's rate. */
export function rateCsv(): string {
  const steps = mcsSteps({ mcs: null, mcsGapDb: 2 });
  const lines = Array.from({ length: rows }, (_, row) => {
    const seconds = row * stepSeconds;
    const snrDb = snrDbAt(seconds, clients[0]);
    const efficiency = steps.findLast((step) => step.snrDb <= snrDb)?.bitsPerSecondPerHz ?? 0;
    return `${Number(seconds.toFixed(6))},${Math.round(efficiency * budget.bandwidthHz)}`;
  });
  return `${['seconds,rateBps', ...lines].join('\n')}\n`;
}
