import type { TopLevelSpec } from 'vega-lite';
import { csvText, type CsvValue } from '../../csv.js';
import { endNames } from './charts.js';
import { html, type Html } from './html.js';

/** What a chart is drawn from, as the text of a CSV file (RFC 4180): the values of all its layers. */
export function csvOf(spec: TopLevelSpec): string {
  const tables = valuesIn(spec).filter((rows) => rows.length > 0);
  const columns = [...new Set(tables.flat().flatMap((row) => Object.keys(row)))];
  return csvText(
    columns,
    tables.flat().map((row) => columns.map((column) => row[column] ?? null)),
  );
}

type Row = Readonly<Record<string, CsvValue>>;

function valuesIn(part: unknown): (readonly Row[])[] {
  if (typeof part !== 'object' || part === null) return [];
  const {
    name,
    data,
    layer = [],
    vconcat = [],
  } = part as {
    readonly name?: string;
    readonly data?: { readonly values?: readonly Row[] };
    readonly layer?: readonly unknown[];
    readonly vconcat?: readonly unknown[];
  };
  if (name === endNames) return [];
  return [...(data?.values ? [data.values] : []), ...[...layer, ...vconcat].flatMap(valuesIn)];
}

/** The buttons under a chart; its values stand beside it. */
export function downloadButtons(title: string, csv: string): Html {
  return html`<p class="downloads" data-name="${title}" data-csv="${csv}">
    ${['SVG', 'PNG', 'CSV'].map((kind) => html`<button type="button" data-kind="${kind}">${kind}</button> `)}
  </p>`;
}

/**
 * The page's one script: it hands out what the page shows already, and asks nothing of anybody. Colours are taken
 * from the page, so that a file looks as its chart does. Without scripts the buttons are not there.
 */
export const downloadScript = `
document.documentElement.classList.add('scripted');
addEventListener('click', (event) => {
  const button = event.target.closest('.downloads button');
  if (!button) return;
  const { name, csv } = button.parentElement.dataset;
  const file = name.replace(/[^\\p{L}\\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase();
  const save = (blob, ending) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = file + ending;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  if (button.dataset.kind === 'CSV') return save(new Blob([csv], { type: 'text/csv' }), '.csv');
  const chart = button.closest('.card').querySelector('svg').cloneNode(true);
  const style = getComputedStyle(document.documentElement);
  const [, , width, height] = chart.getAttribute('viewBox').split(' ').map(Number);
  const colours = (text) => text.replace(/var\\((--[\\w-]+)\\)/g, (_, property) => style.getPropertyValue(property).trim());
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  chart.setAttribute('width', width);
  chart.setAttribute('height', height);
  chart.setAttribute('style', 'font-family: system-ui, sans-serif; background: ' + style.getPropertyValue('--card').trim());
  const svg = new Blob([colours(new XMLSerializer().serializeToString(chart))], { type: 'image/svg+xml' });
  if (button.dataset.kind === 'SVG') return save(svg, '.svg');
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2 * width, 2 * height];
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, '.png'));
    URL.revokeObjectURL(image.src);
  };
  image.src = URL.createObjectURL(svg);
});
`;
