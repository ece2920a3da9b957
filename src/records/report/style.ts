/** The look of the report: follows the reader's light or dark setting, one column on a phone, prints. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #1a2028; --muted: #5b6673; --line: #e2e6eb; --soft: #eef1f5;
  --instruction: #2563c9; --reward: #b45f06; --alignment: #0b7d62;
  --uplink: #b5307a; --downlink: #3a6fc4; --good: #0b7d62; --warn: #a33a12; --warn-soft: #fbeee6;
  --step-1-1: #0f3a80; --step-1-2: #8fb4f0; --step-1-3: #2563c9; --step-1-4: #5b8fe0; --step-1-5: #b9d0f7;
  --step-2-1: #6e3903; --step-2-2: #f0b878; --step-2-3: #c46c10; --step-2-4: #dd9444; --step-2-5: #f6d6b0;
  --step-3-1: #05493a; --step-3-2: #7fceb8; --step-3-3: #0b7d62; --step-3-4: #3ba68b; --step-3-5: #b5e3d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141a; --card: #181e26; --ink: #e6eaf0; --muted: #9aa6b4; --line: #2b333e; --soft: #212934;
    --instruction: #6ea3ff; --reward: #eda64f; --alignment: #45c9a5;
    --uplink: #ee7fb8; --downlink: #7fabf5; --good: #45c9a5; --warn: #f3a27c; --warn-soft: #3a251b;
    --step-1-1: #c2d8ff; --step-1-2: #34507f; --step-1-3: #6ea3ff; --step-1-4: #4a78c4; --step-1-5: #24385a;
    --step-2-1: #ffe3bf; --step-2-2: #6f4b1f; --step-2-3: #eda64f; --step-2-4: #b37a34; --step-2-5: #4d3417;
    --step-3-1: #c4f3e5; --step-3-2: #226151; --step-3-3: #45c9a5; --step-3-4: #2f9279; --step-3-5: #17443a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
h1 {
  font-size: 30px; line-height: 1.15; margin: 0;
  letter-spacing: -0.02em; overflow-wrap: anywhere;
}
h2 {
  font-size: 20px; margin: 44px 0 4px; letter-spacing: -0.01em;
  display: flex; align-items: center; gap: 10px;
}
h2 i {
  width: 12px; height: 12px; border-radius: 4px;
  background: var(--hue, var(--muted)); flex: none;
}
h3 { font-size: 14px; margin: 0; font-weight: 600; }
h3.part { font-size: 16px; margin: 26px 0 4px; }
p { margin: 6px 0; }
.lead { color: var(--muted); max-width: 76ch; margin: 2px 0 14px; }
.badges { display: flex; flex-wrap: wrap; gap: 6px; margin: 12px 0; }
.badge {
  background: var(--soft); border-radius: 999px; padding: 3px 11px; font-size: 13px; color: var(--muted);
}
.badge b { color: var(--ink); font-weight: 600; }
.badge.warn { background: var(--warn-soft); color: var(--warn); font-weight: 600; }
.hash {
  font: 12px/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
}
.source { color: var(--muted); font-size: 12px; margin: 4px 0 0; overflow-wrap: anywhere; }
.source code { font-size: 11.5px; }
code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
  gap: 12px; margin: 20px 0 0;
}
.tile, .card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 14px 16px; min-width: 0;
}
.tile { border-top: 3px solid var(--hue, var(--line)); }
.tile .name { color: var(--muted); font-size: 13px; }
.tile .value {
  font-size: 25px; font-weight: 650;
  letter-spacing: -0.02em; font-variant-numeric: tabular-nums;
}
.tile .before { color: var(--muted); font-size: 13px; min-height: 1.5em; }
.charts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr));
  gap: 12px;
}
@media (min-width: 1100px) { .charts { grid-template-columns: repeat(var(--columns, 3), minmax(0, 1fr)); } }
.contents { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 18px 0 0; }
.contents a { color: var(--instruction); }
.downloads { display: none; gap: 4px; margin: 6px 0 0; }
.scripted .downloads { display: flex; }
.downloads button {
  font: inherit; font-size: 12px; color: var(--muted); background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: 6px; padding: 1px 8px;
}
details.machine { margin-top: 8px; }
.card.machine svg { width: auto; max-width: none; }
.statechart .count { font-size: 13px; font-weight: 700; text-anchor: end; fill: var(--alignment); }
.statechart .never { opacity: 0.45; }
.wide { margin-top: 12px; }
.card svg { display: block; width: 100%; height: auto; margin-top: 8px; overflow: visible; }
.card svg text { font-family: inherit; }
.scroll { overflow-x: auto; }
.wide .scroll svg { min-width: 620px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td {
  text-align: left; padding: 6px 14px 6px 0;
  border-bottom: 1px solid var(--line); vertical-align: top;
}
th { font-weight: 600; color: var(--muted); font-size: 13px; vertical-align: bottom; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; }
td.n { white-space: nowrap; }
tr.group th { color: var(--ink); font-size: 15px; padding-top: 16px; }
tbody tr.group:first-child th { padding-top: 6px; }
td.stage { font-weight: 600; white-space: nowrap; }
td.src, td.src code { color: var(--muted); font-size: 12px; }
.legend {
  display: flex; flex-wrap: wrap; gap: 4px 14px;
  font-size: 12px; color: var(--muted); margin-top: 8px;
}
.legend i {
  display: inline-block; width: 11px; height: 11px;
  border-radius: 3px; margin-right: 5px; vertical-align: -1px;
}
.samples {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(360px, 100%), 1fr));
  gap: 12px;
}
.sample h3 { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
.sample h3 small { color: var(--muted); font-weight: 400; }
.sample section {
  display: grid; grid-template-columns: 1fr 1fr; gap: 6px 14px; margin-top: 10px;
}
.sample section + section { border-top: 1px solid var(--line); padding-top: 10px; }
.sample section > * { margin: 0; overflow-wrap: anywhere; white-space: pre-line; min-width: 0; }
.sample section > p { grid-column: 1 / -1; }
.sample section small { display: block; color: var(--muted); font-size: 12px; }
.sample .after { font-weight: 600; }
.sample .after small { font-weight: 400; }
.sample span:empty::after { content: "(nothing)"; color: var(--muted); font-weight: 400; }
.warning { border-color: var(--warn); background: var(--warn-soft); }
.warning ul { margin: 8px 0; padding-left: 20px; }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--muted); }
pre { font-size: 12px; overflow-x: auto; margin: 10px 0 0; }
footer { margin-top: 48px; color: var(--muted); font-size: 13px; }
@media (max-width: 560px) {
  main { padding: 18px 12px 40px; }
  h1 { font-size: 25px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; }
  .tile { padding: 10px 12px; }
  .tile .value { font-size: 20px; }
  td.src, th.src { display: none; }
  th, td { padding-right: 10px; }
}
@media print { .downloads, .contents { display: none !important; } body { background: #fff; } .card, .tile { break-inside: avoid; } }
`;
