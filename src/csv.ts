/** What a cell of a CSV file can hold; null leaves it empty. */
export type CsvValue = string | number | boolean | null;

/** The text of a CSV file (RFC 4180), without a line's end after the last row. */
export function csvText(columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

function cell(value: CsvValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
