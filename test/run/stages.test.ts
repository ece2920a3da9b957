import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../src/records/manifest.js';
import { endedSentence } from '../../src/records/report/ended.js';
import { checkInputs } from '../../src/run/check.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

const of = (...stages: readonly string[]) => [`stages=${JSON.stringify(stages)}`];

const steps = ({ run }: ProtocolRun, actor: string) =>
  run.written.metrics.flatMap((row) => (row.type === 'step' && row.actor === actor ? [row.step] : []));

describe('a run of the first stages alone', () => {
  for (const [stages, server, client] of [
    [['instruction'], ['1.1', '1.4', '1.5', '1.4', '1.5'], ['1.2', '1.3', '1.3']],
    [
      ['instruction', 'reward'],
      ['1.1', '1.4', '1.5', '1.4', '1.5', '2.1', '2.4', '2.5', '2.4', '2.5'],
      ['1.2', '1.3', '1.3', '2.2', '2.3', '2.3'],
    ],
  ] as const) {
    it(`goes through their steps, sends their messages and has finished: ${stages.join(', ')}`, async () => {
      const ends: string[] = [];
      const observer = {
        actors: true,
        next: (event: { readonly type: string; readonly actor?: string; readonly state?: string }) => {
          if (event.type === 'actor' && event.state === 'done') ends.push(event.actor!);
        },
      };
      const result = await protocolRun(of(...stages), { observers: [observer] });
      assert.equal(result.ended.reason, 'finished');
      const verdicts = stages.map((stage) => [stage, 'out-of-rounds']);
      assert.deepEqual(Object.entries(result.ended.stages), verdicts);
      assert.deepEqual(steps(result, 'server'), server);
      for (const id of ['client-1', 'client-2', 'client-3']) assert.deepEqual(steps(result, id), client);
      assert.deepEqual(ends.sort(), ['client-1', 'client-2', 'client-3']);
      const sent = new Set(result.run.written.messages.map(({ stage }) => stage));
      assert.deepEqual([...sent], stages);
      assert.equal(result.global.helpful !== null, stages.length > 1);
    });
  }

  it('ends on a bad link too', async () => {
    const lossy = ['channel.lossProbability=0.5', 'channel.maxTransmissions=1'];
    for (const stages of [of('instruction'), of('instruction', 'reward')]) {
      assert.equal((await protocolRun([...stages, ...lossy])).ended.reason, 'finished');
    }
  });

  it('is the beginning of the run of all: figures and messages of its stages are the same', async () => {
    const [first, all] = [await protocolRun(of('instruction')), await protocolRun()];
    const rows = (result: ProtocolRun) =>
      result.run.written.metrics.filter((row) => row.type === 'round' && row.stage === 'instruction');
    assert.deepEqual(rows(first), rows(all));
    assert.equal(
      (await protocolRun(of('instruction', 'reward', 'alignment'))).run.traceHash(),
      all.run.traceHash(),
    );
  });

  describe('with files', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'pwff-stages-'));
      const rows = Array.from({ length: 96 }, (_, row) => ({ instruction: `Say ${row}.`, output: 'yes' }));
      writeFileSync(join(folder, 'rows.json'), JSON.stringify(rows));
    });
    after(() => rmSync(folder, { recursive: true }));

    const options = async (...set: readonly string[]) => {
      const dealt = ['data.examplesPerClient=24', 'data.testPerClient=4', 'data.dirichletAlpha=100'];
      const files = `data.files=${JSON.stringify({ instructions: join(folder, 'rows.json') })}`;
      const loaded = await loadScenario('tiny', { set: [files, ...dealt, ...of('instruction'), ...set] });
      return { scenario: loaded.scenario, folder: loaded.folder };
    };

    it('asks neither for preference pairs nor for reward models, and keeps records of what ran', async () => {
      const outFolder = join(folder, 'run');
      const executor = untrainedExecutor();
      const { ended, stages } = await runScenario({
        ...(await options()),
        ...{ outFolder, workers: 1, backend: 'wasm', executor },
      });
      assert.deepEqual(ended, { reason: 'finished', stages: { instruction: 'out-of-rounds' } });
      assert.equal(
        endedSentence(ended),
        'Finished: 1 of 3 stages; the round limit ended instruction tuning.',
      );
      assert.equal(stages.instruction?.rounds, 2);
      assert.deepEqual([stages.reward, stages.alignment], [null, null]);
      const manifest = JSON.parse(readFileSync(join(outFolder, 'manifest.json'), 'utf8')) as Manifest;
      assert.deepEqual(
        manifest.reading?.map(({ purpose }) => purpose),
        ['instructions'],
      );
      assert.deepEqual(manifest.notes, []);
      assert.deepEqual(
        readdirSync(join(outFolder, 'params')).filter((name) => /reward|critic/.test(name)),
        [],
      );
      assert.ok(existsSync(join(outFolder, 'report.html')));
    });

    it('reads neither where they are named and cannot be read', async () => {
      const gone = ['data.files.helpful=gone.json', 'data.files.harmless=gone.json'];
      const model = ['reward.model.kind=distilbert', 'reward.model.path=gone', 'reward.learningRate=0.00002'];
      assert.deepEqual(await checkInputs(await options(...gone, ...model)), []);
      await assert.rejects(
        options(...gone, ...of('instruction', 'reward')),
        /\/data\/files\/helpful: is "gone\.json", which does not exist/,
      );
    });
  });
});
