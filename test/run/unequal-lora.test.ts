import assert from 'node:assert/strict';
import type { Download } from '../../machines/events.js';
import { globalFor } from '../../src/actors/cuts.js';
import { factorsOf, productNorm } from '../../src/learning/model/lora-rank.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { loadScenario } from '../../src/scenario/load.js';
import { changesIn } from '../../src/strategies/methods/parts.js';
import { protocolRun } from './untrained.js';

/* Three clients, the last of which is slow, whose messages are lost three times in ten. */
const lossy = [
  'learning=stub',
  'seed=3',
  'stages=["instruction"]',
  'instruction.maxRounds=6',
  'instruction.convergence.patience=9',
  'server.quorum=1',
  'channel.maxTransmissions=1',
  'channel.lossProbability=0.3',
  'clients.devices=[{"gigaflopsPerSecond":20,"share":1},{"gigaflopsPerSecond":2,"share":1}]',
];
const unequal = ['model.lora.minRank=2', 'model.lora.sharedModules=by-resources'];

async function lossyRun(method: string, ...set: readonly string[]) {
  const delivered: Download[] = [];
  let dropped = 0;
  const result = await protocolRun([...lossy, `method=${method}`, ...set], {
    executor: stubExecutor(),
    prepare: ({ events }) =>
      events.subscribe({
        next: (event: RunEvent) => {
          if (event.type !== 'bus') return;
          const { message } = event.event.envelope;
          if (!('params' in message) || message.direction === 'up') return;
          if (event.event.phase === 'delivered') delivered.push(message);
          if (event.event.phase === 'settled' && event.event.outcome === 'dropped') dropped++;
        },
      }),
  });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return { ...result, delivered, dropped, world: result.run.world };
}

for (const [method, set] of [
  ['hetlora', unequal],
  ['flexlora', unequal],
  ['flora', unequal],
  ['fedex-lora', []],
] as const) {
  describe(`${method} on a link that loses messages`, () => {
    let run: Awaited<ReturnType<typeof lossyRun>>;
    before(async () => {
      run = await lossyRun(method, ...set);
    });

    it('leaves each client that heard of the last version with the model that the server says', () => {
      const { world, global, clients, dropped } = run;
      assert.ok(dropped > 2, `${dropped} downloads were lost`);
      const last = clients.filter(({ current }) => current?.verdict !== 'continue');
      assert.ok(last.length > 0, 'somebody heard of the last version');
      for (const { id, model } of last) {
        const said = globalFor(world, id, global);
        assert.deepEqual(changesIn(model), changesIn(said));
        for (const part of changesIn(said)) assert.equal(model[part]!.hash, said[part]!.hash);
        if (said['lora']) assert.equal(model['lora']!.hash, said['lora'].hash, `${id}'s LoRA`);
      }
    });

    it('gives clients LoRA of the ranks that Step 1.2 says', () => {
      const ranks = run.clients.flatMap(({ model }) =>
        model['lora'] ? factorsOf(run.world.store.get(model['lora'])).map(({ rank }) => rank) : [],
      );
      assert.equal(new Set(ranks).size > 1, set.length > 0, `ranks ${[...new Set(ranks)].join()}`);
    });
  });
}

describe('changes of the base', () => {
  it('reach a client that missed rounds all at once, and its LoRA begins anew without a change', async () => {
    const missed = '[{"effect":"drop","kind":"global","client":2,"round":1}]';
    const { delivered, clients, world } = await lossyRun(
      'flora',
      ...unequal,
      'channel.lossProbability=0',
      'channel.maxTransmissions=50',
      `channel.faults=${missed}`,
    );
    const broughtAtOnce = delivered.map(
      ({ params }) => params.filter(({ kind }) => kind === 'change').length,
    );
    assert.ok(Math.max(...broughtAtOnce) > 1, `downloads brought ${broughtAtOnce.join()}`);
    for (const { model, current } of clients.filter(({ current }) => current?.verdict !== 'continue')) {
      assert.ok(changesIn(current!.global).length > 1);
      for (const factors of factorsOf(world.store.get(model['lora']!))) assert.equal(productNorm(factors), 0);
    }
  });

  it('cost what they hold: the rank of a stack is the sum of its clients’', async () => {
    const { world, global, clients } = await lossyRun(
      'flora',
      ...unequal,
      'channel.lossProbability=0',
      'channel.maxTransmissions=50',
    );
    const ranks = clients.map(({ model }) => factorsOf(world.store.get(model['lora']!))[0]!.rank);
    const [first] = factorsOf(world.store.get(global[changesIn(global)[0]!]!));
    assert.equal(
      first!.rank,
      ranks.reduce((sum, rank) => sum + rank, 0),
    );
    assert.equal(global['lora'], null, 'the server keeps no LoRA');
  });
});

describe('a method that cannot do with clients whose LoRA differs', () => {
  const loaded = (...set: readonly string[]) => loadScenario('tiny', { set });

  it('is refused by name, with those that can', async () => {
    await assert.rejects(
      loaded('method=apfl', 'model.lora.sharedModules=by-resources'),
      /\/model\/lora\/sharedModules: is "by-resources", expected "all" where method is "apfl".*hetlora/,
    );
    await assert.rejects(
      loaded('method=fedlora', ...unequal),
      /\/model\/lora\/minRank: is 2, expected null where method is "fedlora".*hetlora, flexlora, flora/,
    );
    await assert.rejects(loaded('method=fedex-lora', 'model.lora.sharedModules=by-resources'), /fedex-lora/);
  });

  it('is another than PWFF, whose LoRA is each client’s own, and than FedLora where only numbers differ', async () => {
    await loaded('method=pwff', 'model.lora.minRank=2');
    await loaded('method=fedlora', 'model.lora.sharedModules=by-resources');
  });

  it('and a least rank above the rank are bad input', async () => {
    await assert.rejects(loaded('model.lora.minRank=9'), /\/model\/lora\/minRank: is 9, expected at most 8/);
  });
});
