import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mean } from '../../src/moments.js';
import { linkPanels } from '../../src/records/report/panels.js';
import { reportRun } from '../../src/records/report/report-rows.js';
import { readRun, runScenario } from '../../src/index.js';
import { loadScenario } from '../../src/scenario/load.js';
import type { RunResult } from '../../src/run/run.js';
import type { Summary } from '../../src/records/summary.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { packageRoot } from '../../src/paths.js';
import type { MessageRow, MetricRow, RoundRow } from '../../src/records/rows.js';

/** One whole run of the tiny scenario, with real training in worker threads. */
async function tinyRun(outFolder: string, workers: number, seed = 1): Promise<RunResult> {
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { seed });
  return runScenario({ scenario, folder, outFolder, workers, backend: 'wasm' });
}

interface Drawn {
  readonly round: number;
  readonly value: number;
}

describe('a whole tiny run', function () {
  this.timeout(180e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-'));
  const folder = join(root, 'one-worker');
  let summary: RunResult;
  before(async () => (summary = await tinyRun(folder, 1)));
  after(() => rmSync(root, { recursive: true, force: true }));

  it('ends finished, with figures of all three stages', () => {
    assert.equal(summary.ended.reason, 'finished');
    const { instruction, reward, alignment } = summary.stages;
    assert.ok(instruction && reward && alignment);
    assert.equal(alignment.clients.length, 3);
    assert.ok(
      instruction.heldOutLoss! < instruction.heldOutLossBefore!,
      `${instruction.heldOutLossBefore} → ${instruction.heldOutLoss}`,
    );
    assert.ok(
      reward.heldOutLoss! < reward.heldOutLossBefore!,
      `${reward.heldOutLossBefore} → ${reward.heldOutLoss}`,
    );
  });

  it('leaves every file that docs/records.md names', () => {
    for (const file of ['manifest.json', 'metrics.jsonl', 'messages.jsonl', 'summary.json', 'report.html']) {
      assert.ok(existsSync(join(folder, file)), file);
    }
    const { unwritten, ...written } = summary;
    assert.deepEqual(unwritten, []);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')), written);
  });

  it('has the figures of its summary again where summary.json is lost, to the last bit', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'pwff-'));
    for (const file of ['manifest.json', 'metrics.jsonl', 'messages.jsonl']) {
      copyFileSync(join(folder, file), join(copy, file));
    }
    const read = await readRun(copy);
    rmSync(copy, { recursive: true });
    const { stages, overfitting, fairness, timeSpent, energy, staleness, rejected, messages } = read.summary;
    for (const [key, figures] of Object.entries({
      ...{ stages, overfitting, fairness, timeSpent, energy, staleness, rejected, messages },
    })) {
      assert.equal(JSON.stringify(figures), JSON.stringify(summary[key as keyof Summary]), key);
    }
  });

  it('leaves the trained parameters of the server and of every client', async () => {
    const files = readdirSync(join(folder, 'params')).sort();
    const clients = ['client-1', 'client-2', 'client-3'].flatMap((id) => [
      `${id}.critic-harmless.safetensors`,
      `${id}.critic-helpful.safetensors`,
      `${id}.safetensors`,
    ]);
    const global = ['global', 'reward-harmless', 'reward-helpful'].map((name) => `${name}.safetensors`);
    assert.deepEqual(files, [...clients, ...global, 'holdings.json'].sort());
    const own = await readSafetensors(join(folder, 'params/client-1.safetensors'));
    assert.ok([...own.keys()].some((name) => name.includes('lora_A')));
    assert.ok([...own.keys()].some((name) => name.includes('adapter')));
  });

  it('has the same keys in every row of a kind, and steps that are texts', () => {
    const keysOf = new Map<string, Set<string>>();
    for (const file of ['metrics.jsonl', 'messages.jsonl']) {
      for (const line of readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')) {
        const row = JSON.parse(line) as Partial<{
          type: string;
          task: string;
          metrics: object;
          step: unknown;
        }>;
        if ('step' in row) assert.equal(typeof row.step, 'string');
        const kind = [file, row.type, row.task].join(' ');
        const keys = [...Object.keys(row), ...Object.keys(row.metrics ?? {})].join();
        keysOf.set(kind, (keysOf.get(kind) ?? new Set()).add(keys));
      }
    }
    assert.equal(keysOf.size, 4 + 7 + 1);
    for (const [kind, keys] of keysOf) assert.equal(keys.size, 1, kind);
  });

  it('writes figures that add up: the energy of a round is that of its messages', () => {
    const read = <Row>(file: string) =>
      readFileSync(join(folder, file), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
    const rounds = read<MetricRow>('metrics.jsonl').filter((row): row is RoundRow => row.type === 'round');
    const messages = read<MessageRow>('messages.jsonl');
    const sum = (rows: readonly { energyJoules: number }[]) =>
      rows.reduce((total, { energyJoules }) => total + energyJoules, 0);
    for (const stage of ['instruction', 'reward', 'alignment'] as const) {
      const own = rounds.filter((round) => round.stage === stage);
      const closed = own.at(-1)!.virtualSeconds;
      // What the last round's aggregate is sent by arrives after it was closed, and counts in no round.
      const inRounds = messages.filter(
        (row) => row.stage === stage && row.endedVirtualSeconds! <= closed && row.sentVirtualSeconds < closed,
      );
      assert.ok(inRounds.length > 0);
      assert.ok(Math.abs(sum(own) - sum(inRounds)) < 1e-9, `${stage}: ${sum(own)} J of ${sum(inRounds)} J`);
    }
    assert.ok(Math.abs(sum(messages) - summary.messages.energyJoules) < 1e-9);
  });

  it('draws a mean that is the mean of the clients’ lines, in seconds and joules of every round and stage', async () => {
    const panels = linkPanels(reportRun(await readRun(folder)));
    assert.equal(panels.length, 6);
    for (const { title, chart } of panels) {
      const { layer } = chart as unknown as { layer: readonly { data: { values: readonly Drawn[] } }[] };
      // Between them stand the clients' names.
      const [thin, , thick] = layer.map(({ data }) => data.values);
      assert.equal(thick!.length, 2);
      for (const { round, value } of thick!) {
        const ofClients = thin!.filter((point) => point.round === round).map((point) => point.value);
        assert.equal(ofClients.length, 3, `${title}, round ${round}`);
        assert.ok(Math.abs(value - mean(ofClients)) < 1e-12, `${title}, round ${round}`);
      }
    }
  });

  it('leaves the same trace with two workers', async () => {
    assert.equal((await tinyRun(join(root, 'two-workers'), 2)).traceHash, summary.traceHash);
  });

  it('leaves another trace with another seed', async () => {
    assert.notEqual((await tinyRun(join(root, 'other-seed'), 2, 2)).traceHash, summary.traceHash);
  });
});
