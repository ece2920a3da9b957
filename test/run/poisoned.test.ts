import assert from 'node:assert/strict';
import type { Upload } from '../../machines/events.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/** A run with client-2 poisoned, and the uploads of a client in their order. */
async function poisonedRun(
  attack: object | string,
): Promise<ProtocolRun & { uploads(client: string): readonly Upload[] }> {
  const sent: { readonly from: string; readonly upload: Upload }[] = [];
  const next = (event: RunEvent) => {
    if (event.type !== 'bus' || event.event.phase !== 'sent') return;
    const { from, message } = event.event.envelope;
    if (message.direction === 'up') sent.push({ from, upload: message });
  };
  const poisoned = JSON.stringify({ clients: [2], attack });
  const result = await protocolRun([`clients.poisoned=${poisoned}`], { observers: [{ next }] });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  const uploads = (client: string) => sent.filter(({ from }) => from === client).map(({ upload }) => upload);
  return { ...result, uploads };
}

const hashes = (uploads: readonly Upload[]) =>
  uploads.map(({ params }) =>
    Object.values(params)
      .map(({ hash }) => hash)
      .join(' '),
  );

describe('a poisoned client', () => {
  it('sends something else of adapters and of reward models alike, and keeps its own model', async () => {
    const run = await poisonedRun({ name: 'noise', std: 0.1 });
    const [honest, poisoned] = [run.uploads('client-1'), run.uploads('client-2')];
    assert.deepEqual(
      poisoned.map(({ kind }) => kind),
      honest.map(({ kind }) => kind),
    );
    assert.ok(poisoned.some(({ kind }) => kind === 'harmless-update'));
    // Nobody trains: what a client has trained is what it began with.
    for (const { params, startedFrom } of honest) {
      for (const [part, { hash }] of Object.entries(params)) {
        assert.equal(hash, startedFrom[part]!.hash);
      }
    }
    for (const { params, startedFrom } of poisoned) {
      for (const [part, { hash }] of Object.entries(params)) {
        assert.notEqual(hash, startedFrom[part]!.hash);
      }
    }
    const [first, second] = run.clients;
    assert.equal(second!.model.adapters!.hash, first!.model.adapters!.hash);
  });

  it('replays the first update of each stage', async () => {
    const run = await poisonedRun('stale-replay');
    const sent = run.uploads('client-2').filter(({ kind }) => kind === 'update');
    assert.equal(sent.length, 2);
    assert.equal(new Set(hashes(sent)).size, 1);
  });

  it('brings the global model back to parameters that others have replaced: they wait for these again', async () => {
    // One client of two is asked at a time, so that a replayed update is the whole aggregate.
    const definition = {
      ...{ name: 'replayed', learning: 'stub' },
      clients: { count: 2, poisoned: { clients: [1], attack: 'stale-replay' } },
      model: {
        preinstalled: true,
        adapters: { bottleneck: 2, sites: ['mlp'] },
        lora: { r: 1, targets: ['q'], minModules: 1, maxModules: 1 },
      },
      data: {
        ...{ examplesPerClient: 12, testPerClient: 4, pairsPerClient: 8 },
        synthetic: { styles: 2, facts: 4, factHolders: 1 },
      },
      server: { selection: 'energy-aware', selectionFraction: 0.3 },
    };
    const { ended } = await protocolRun([], { definition: definition as never, executor: stubExecutor() });
    assert.equal(ended.reason, 'finished', JSON.stringify(ended));
  });

  it('stands in the manifest with its attack', async () => {
    const { run } = await poisonedRun({ name: 'scaled', scale: 3 });
    assert.deepEqual(
      run.manifest.clients.map(({ poisoned }) => poisoned),
      [null, { name: 'scaled', scale: 3 }, null],
    );
  });

  it('that there is not is refused', async () => {
    await assert.rejects(protocolRun(['clients.poisoned={"clients":[4]}']), {
      message: /clients\/poisoned\/clients\/0: is 4, expected a number from 1 to 3/,
    });
  });
});
