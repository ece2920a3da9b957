import { backendOf } from '../manifest.js';
import type { RunDocuments } from '../read.js';
import { html, type Html } from './html.js';

/** What a run on other than a backend of its own process was made with, by the name of its backend. */
const options: Readonly<Record<string, string>> = {
  python: '--executor python',
  mixed: '--executor bullmq --queue <url>',
};

/** What it takes to get the same run again. */
export function reproduction({ manifest, summary }: RunDocuments): Html {
  const { scenario, seed, backend, version } = manifest;
  const where = options[backend.name] ?? `--backend ${backendOf(manifest)}`;
  const command = `npx pwff run scenario.json --seed ${seed} ${where}`;
  const { fingerprint } = backend;
  const needs = [
    manifest.modelHash === undefined ? null : `base model ${manifest.modelHash}`,
    manifest.scriptHash === undefined ? null : `script ${manifest.scriptHash}`,
  ].filter((each) => each !== null);
  return html`<h3>To get it again</h3>
    <p>
      Save the scenario below as <code>scenario.json</code> where this one
      stood${scenario.data.files === null ? '' : ', beside its data'}, and with pwff ${version}:
    </p>
    <pre>${command}</pre>
    <p class="source">
      The trace hash is the same wherever the backend’s fingerprint is:
      ${Object.entries(fingerprint)
        .map(([key, value]) => `${key} ${[value].flat().join(' ') || 'none'}`)
        .join(', ')}.
      ${summary.traceHash === null ? null : html`Trace <span class="hash">${summary.traceHash}</span>.`}
      ${needs.map((need) => html` <span class="hash">${need}</span>.`)}
    </p>`;
}
