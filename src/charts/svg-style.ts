/**
 * The looks of a picture. The rules weigh nothing (`:where`), so that a page's own always win; the colours are
 * properties, light, and dark where the viewer prefers it. `active` is for pages that show a running machine.
 */
export const styleSheet = `
:where(.statechart) {
  --chart-page: #ffffff; --chart-box: #f6f8fa; --chart-edge: #57606a; --chart-text: #1f2328;
  --chart-muted: #57606a; --chart-code: #0a3069; --chart-arrow: #57606a; --chart-active: #bf5b04;
}
@media (prefers-color-scheme: dark) {
  :where(.statechart) {
    --chart-page: #0d1117; --chart-box: #161b22; --chart-edge: #8b949e; --chart-text: #e6edf3;
    --chart-muted: #a9b1ba; --chart-code: #a5d6ff; --chart-arrow: #8b949e; --chart-active: #ffa657;
  }
}
:where(.statechart) { font-family: system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
:where(.statechart .page) { fill: var(--chart-page); }
:where(.statechart .box) { fill: var(--chart-box); stroke: var(--chart-edge); }
:where(.statechart .compound > .box, .statechart .parallel > .box) { fill: var(--chart-page); }
:where(.statechart .region > .box) { stroke-dasharray: 5 4; }
:where(.statechart .inner) { fill: none; stroke: var(--chart-edge); }
:where(.statechart .dot) { fill: var(--chart-arrow); }
:where(.statechart .line) { fill: none; stroke: var(--chart-arrow); stroke-width: 1.3; }
:where(.statechart .head) { fill: var(--chart-arrow); }
:where(.statechart .name) { fill: var(--chart-text); font-size: 14px; font-weight: 600; }
:where(.statechart .description) { fill: var(--chart-muted); font-size: 12px; }
:where(.statechart .code) { fill: var(--chart-code); font-size: 12px; }
:where(.statechart .active > .box) { stroke: var(--chart-active); stroke-width: 2.5; }
:where(.statechart .active > .line) { stroke: var(--chart-active); stroke-width: 2.5; }
:where(.statechart .active > .head, .statechart .transition.active > .code) { fill: var(--chart-active); }
`;
