/** A virtual time for the eye. */
export function seconds(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0 s';
  const size = Math.abs(value);
  if (size < 1e-3) return `${(value * 1e6).toFixed(0)} µs`;
  if (size < 1) return `${(value * 1e3).toFixed(size < 0.01 ? 2 : 0)} ms`;
  return `${value.toFixed(size < 100 ? 2 : 1)} s`;
}

export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–';
  return Number.isInteger(value) ? String(value) : value.toPrecision(digits);
}

export const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
