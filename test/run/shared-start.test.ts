import assert from 'node:assert/strict';
import type { Download } from '../../machines/events.js';
import { tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { methods, type MethodName } from '../../src/strategies/methods/index.js';
import { sharedParts } from '../../src/strategies/methods/parts.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/*
 * What a method shares begins at the server and is the same for all; what is private may differ. Nobody trains in
 * these runs, so that a version of the global model is the mean of what clients began with.
 */

const stageOne = ['stages=["instruction"]', 'instruction.convergence.patience=9'];

interface Started extends ProtocolRun {
  /** Downloads as the server handed them to a client's link, or as they arrived. */
  downloads(phase: 'sent' | 'delivered', client: string): readonly Download[];
  valuesOf(ref: { readonly hash: string } | null): ParamSet;
}

async function started(method: MethodName, ...set: readonly string[]): Promise<Started> {
  const seen: { readonly phase: string; readonly to: string; readonly download: Download }[] = [];
  const sets = new Map<string, ParamSet>();
  const result = await protocolRun([...stageOne, `method=${method}`, ...set], {
    prepare: ({ store, events }) => {
      const next = (event: RunEvent) => {
        if (event.type !== 'bus') return;
        const { phase, envelope } = event.event;
        const { to, message } = envelope;
        if (message.direction === 'up' || !('params' in message)) return;
        for (const ref of message.params) sets.set(ref.hash, store.get(ref));
        seen.push({ phase, to, download: message });
      };
      events.subscribe({ next });
    },
  });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return {
    ...result,
    downloads: (phase, client) =>
      seen.filter((each) => each.phase === phase && each.to === client).map(({ download }) => download),
    valuesOf: (ref) => sets.get(ref?.hash ?? '') ?? assert.fail('nobody was sent this'),
  };
}

/** Root mean square of A over that of a uniform draw on ±1/sqrt(inputs), which is 1/sqrt(3 · inputs). */
function relativeRms(lora: ParamSet): number {
  const squares = [...tensorsOf(lora)]
    .filter(({ name }) => name.endsWith('.lora_A'))
    .flatMap(({ shape: [inputs], values }) => [...values].map((value) => 3 * inputs! * value ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

describe('what a method shares', () => {
  for (const name of ['vanilla-fl', 'fedlora', 'pfl', 'shepherd'] as const) {
    it(`is one start for all under ${name}: the mean of untrained shares is what was sent`, async () => {
      const run = await started(name, 'instruction.maxRounds=1');
      const { global } = run.downloads('sent', 'client-1')[0]!;
      for (const part of sharedParts(methods[name])) {
        assert.ok(global[part], `${part} comes with Step 1.1`);
        assert.equal(run.global[part]!.hash, global[part].hash, `the first mean of ${part}`);
        for (const { model } of run.clients) assert.equal(model[part]!.hash, global[part].hash);
      }
      // Thousands of draws: the root mean square of so many is within 5 % of the law's.
      const rms = relativeRms(run.valuesOf(run.global['lora']!));
      assert.ok(Math.abs(rms - 1) < 0.05, `A has ${rms} times the root mean square of its law`);
    });
  }

  it('reaches a client that comes late, as the others have it', async () => {
    const lost = JSON.stringify([{ effect: 'drop', kind: 'model', client: 1 }]);
    const run = await started('shepherd', 'instruction.maxRounds=2', `channel.faults=${lost}`);
    const [first, ...others] = run.downloads('delivered', 'client-1');
    assert.deepEqual([first!.kind, first!.version], ['global', 1]);
    assert.deepEqual(
      first!.params.map(({ kind }) => kind),
      ['base', 'lora'],
    );
    assert.ok(others.length > 0);
    const shared = run.downloads('delivered', 'client-2')[0]!.global.lora!.hash;
    assert.equal(first!.global.lora!.hash, shared);
    for (const { id, model } of run.clients) assert.equal(model.lora!.hash, shared, id);
  });

  it('has no LoRA where that is a client’s own: each draws its own A', async () => {
    for (const name of ['pwff', 'sfl', 'local-only'] as const) {
      const run = await started(name, 'instruction.maxRounds=1');
      assert.equal(run.global.lora, null, name);
      const own = new Set(run.clients.map(({ model }) => model.lora!.hash));
      assert.equal(own.size, 3, `${name}: every client has modules of its own`);
      for (const client of ['client-1', 'client-2', 'client-3']) {
        const kinds = run.downloads('sent', client).flatMap(({ params }) => params.map(({ kind }) => kind));
        assert.ok(!kinds.includes('lora'), `${name}: ${client} is sent no LoRA`);
      }
    }
  });
});
