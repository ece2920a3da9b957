/** The look of the report: follows the reader's light or dark setting, one column on a phone, prints. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #1a2028; --muted: #5b6673; --line: #e2e6eb; --soft: #eef1f5;
  --instruction: #2563c9; --reward: #b45f06; --alignment: #0b7d62;
  --uplink: #b5307a; --downlink: #3a6fc4; --good: #0b7d62; --warn: #a33a12; --warn-soft: #fbeee6;
  --lane-on-the-air: #7a4fb5; --lane-waits-for-link: #c9b3e6; --lane-blackout: #1f2329; --lane-off: #8a94a0;
  --lane-waits-for-others: #e3e7ec; --lane-waits-for-deadline: #f0c9a8; --lane-aggregating: #d4a017;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141a; --card: #181e26; --ink: #e6eaf0; --muted: #9aa6b4; --line: #2b333e; --soft: #212934;
    --instruction: #6ea3ff; --reward: #eda64f; --alignment: #45c9a5;
    --uplink: #ee7fb8; --downlink: #7fabf5; --good: #45c9a5; --warn: #f3a27c; --warn-soft: #3a251b;
    --lane-on-the-air: #b18ae8; --lane-waits-for-link: #5c4680; --lane-blackout: #f2f4f7; --lane-off: #6f7a87;
    --lane-waits-for-others: #27303a; --lane-waits-for-deadline: #6b4a2c; --lane-aggregating: #e2bb4a;
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
.wide .scroll svg { min-width: 860px; }
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
  .wide .scroll::before, .wide.scroll::before {
    content: "scroll sideways for the rest →"; position: sticky; left: 0; display: inline-block;
    color: var(--muted); font-size: 12px;
  }
  th, td { padding-right: 10px; }
}
@media print { .downloads, .contents { display: none !important; } body { background: #fff; } .card, .tile { break-inside: avoid; } }
`;
