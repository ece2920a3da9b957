import type { TopLevelSpec } from 'vega-lite';
import { escaped } from '../../escaped.js';

/**
 * Draws a chart as an SVG element for use inside an HTML page; it takes the width of what is around it. Vega is
 * loaded here and not above: its canvas awaits at the top level, with which `require('pwff')` would fail.
 */
export async function svg(spec: TopLevelSpec, label: string): Promise<string> {
  const { Error: onlyErrors, parse, View } = await import('vega');
  const { compile } = await import('vega-lite');
  const view = new View(parse(compile(spec).spec), { renderer: 'none', logLevel: onlyErrors });
  try {
    const drawn = await view.toSVG();
    const [, viewBox] = /viewBox="([^"]+)"/.exec(drawn) ?? [];
    const opening = `<svg viewBox="${viewBox}" role="img" aria-label="${escaped(label)}">`;
    return withTitles(drawn.replace(/^<svg[^>]*>/, opening));
  } finally {
    view.finalize();
  }
}

/**
 * Vega describes marks for screen readers only. As the chart is one image with one label, a mark's own
 * description (already escaped) serves better as a title, which browsers show under the pointer; the rest is
 * left out.
 */
function withTitles(drawn: string): string {
  return drawn
    .replace(
      /<(path|line) aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="[^"]*"([^>]*)\/>/g,
      '<$1$3><title>$2</title></$1>',
    )
    .replace(
      / (?:role="graphics-\w+"|aria-roledescription="[^"]*"|aria-label="[XY]-axis[^"]*"|aria-hidden="true")/g,
      '',
    );
}
