import type { TopLevelSpec } from 'vega-lite';

/*
 * What all charts of the report have in common. Colours are the page's own variables, so that the charts
 * follow its light and dark faces. Sizes are in CSS pixels; the page scales them to its columns.
 */

/** Size in pixels of a chart in a column. */
export const width = 360;
export const height = 190;
/** Width in pixels of a chart over the whole page. */
export const wideWidth = 1080;
const ink = 'var(--muted)';

/** Look of views stacked one above the other. */
export const stacked = {
  background: 'transparent',
  padding: { left: 2, right: 10, top: 6, bottom: 2 },
  config: {
    font: 'inherit',
    view: { stroke: null },
    axis: {
      labelColor: ink,
      titleColor: ink,
      titleFontWeight: 'normal',
      labelFontSize: 11,
      titleFontSize: 11,
      gridColor: 'var(--line)',
      domain: false,
      tickColor: 'var(--line)',
      tickSize: 4,
      labelPadding: 4,
      titlePadding: 6,
    },
    axisX: { grid: false },
    text: { color: ink, fontSize: 10 },
  },
} as const;

/** Look of a single view, which is fitted into its size, axes included. */
export const look = { ...stacked, autosize: { type: 'fit', contains: 'padding' } } as const;

/** A layer of a chart; vega-lite does not export its name. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Layers over each other, of which a chart may have several beside each other. */
export type LayeredView = Extract<Layer, { layer: unknown }>;

/** An axis of numbers; `rest` has its scale and its axis. */
export const quantity = <const Rest extends object>(field: string, title: string | null, rest: Rest) =>
  ({ field, type: 'quantitative', title, ...rest }) as const;
