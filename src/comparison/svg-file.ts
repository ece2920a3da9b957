import type { TopLevelSpec } from 'vega-lite';
import { escaped } from '../escaped.js';
import { style } from '../records/report/style.js';
import { svg } from '../records/report/svg.js';

/** The values of the page's light colours by their names, "--ink". */
const light = new Map(
  [.../:root \{([^}]*)\}/.exec(style)![1]!.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(
    ([, name, value]) => [name!, value!] as const,
  ),
);

/** A chart as a file of its own, in the page's light colours, which a page's SVG takes from around it. */
export async function svgFile(spec: TopLevelSpec, label: string): Promise<string> {
  const drawn = await svg(spec, label);
  const [, , , width, height] = /viewBox="(\S+) (\S+) (\S+) (\S+)"/.exec(drawn)!;
  const root =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `style="font-family: ${escaped('system-ui, sans-serif')}; background: ${light.get('--card')}" `;
  const coloured = drawn.replace(/var\((--[\w-]+)\)/g, (_, name: string) => light.get(name)!);
  return `${coloured.replace('<svg ', root)}\n`;
}
