/**
 * The unit a key ends in, how it is written in words, and what else people write: factor to the key's unit.
 */
interface Unit {
  readonly suffix: string;
  readonly words: string;
  readonly others: Readonly<Record<string, number>>;
}

const units: readonly Unit[] = [
  { suffix: 'DbmPerHz', words: 'dBm per Hz', others: {} },
  { suffix: 'bitsPerSecondPerHz', words: 'bits per second per Hz', others: {} },
  {
    suffix: 'Bps',
    words: 'bits per second',
    others: { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9 },
  },
  {
    suffix: 'MetersPerSecond',
    words: 'meters per second',
    others: { kmh: 1 / 3.6, kmph: 1 / 3.6, mps: 1 },
  },
  {
    suffix: 'Meters',
    words: 'meters',
    others: { km: 1e3, kilometers: 1e3, m: 1, meter: 1, meters: 1 },
  },
  { suffix: 'Hz', words: 'Hz', others: { khz: 1e3, mhz: 1e6, ghz: 1e9, hz: 1 } },
  {
    suffix: 'Seconds',
    words: 'seconds',
    others: {
      ms: 1e-3,
      millis: 1e-3,
      milliseconds: 1e-3,
      us: 1e-6,
      microseconds: 1e-6,
      s: 1,
      sec: 1,
      secs: 1,
      second: 1,
      seconds: 1,
      min: 60,
      minutes: 60,
      h: 3600,
      hours: 3600,
    },
  },
  {
    suffix: 'Watts',
    words: 'watts',
    others: { mw: 1e-3, milliwatts: 1e-3, kw: 1e3, kilowatts: 1e3, w: 1, watt: 1, watts: 1 },
  },
  {
    suffix: 'Bits',
    words: 'bits',
    others: { bytes: 8, kb: 8e3, kbits: 1e3, kilobits: 1e3, bit: 1, bits: 1 },
  },
  { suffix: 'Db', words: 'dB', others: { db: 1, decibel: 1, decibels: 1 } },
  {
    suffix: 'gigaflopsPerSecond',
    words: 'gigaflops per second',
    others: { mflops: 1e-3, gflops: 1, tflops: 1e3, gigaflops: 1, teraflops: 1e3 },
  },
];

function unitOf(key: string): Unit | undefined {
  return units.find(({ suffix }) => key.endsWith(suffix));
}

/** The unit of a key's number in words, or undefined where the number has none. */
export function unitWordsOf(key: string): string | undefined {
  return unitOf(key)?.words;
}

/**
 * A key that says its quantity in another unit, for example `bandwidthMHz` where `bandwidthHz` is known: the
 * right key and the factor to it.
 */
export function inOtherUnit(
  key: string,
  knownKeys: readonly string[],
): { key: string; factor: number } | undefined {
  for (const known of knownKeys) {
    const unit = unitOf(known);
    if (unit === undefined) continue;
    const stem = known.slice(0, known.length - unit.suffix.length).toLowerCase();
    const ending = key.toLowerCase();
    if (stem === '' || !ending.startsWith(stem)) continue;
    const factor = unit.others[ending.slice(stem.length).replace(/^_/, '')];
    if (factor !== undefined) return { key: known, factor };
  }
  return undefined;
}

/** The number meant by a string such as "5", "5 dB" or "1 MHz" in the unit of `key`, or undefined. */
export function numberMeant(text: string, key: string): number | undefined {
  const [, digits, unitName] = /^\s*([+-]?[\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  if (digits === undefined || unitName === undefined) return undefined;
  const number = Number(digits);
  if (!Number.isFinite(number)) return undefined;
  if (unitName === '') return number;
  const factor = unitOf(key)?.others[unitName.toLowerCase()];
  return factor === undefined ? undefined : scaled(number, factor);
}

/** number × factor without the dust of binary fractions: 50 ms is 0.05 s, not 0.050000000000000003. */
export function scaled(number: number, factor: number): number {
  return Number((number * factor).toPrecision(12));
}
