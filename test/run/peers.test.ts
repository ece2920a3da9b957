import assert from 'node:assert/strict';
import type { Upload } from '../../machines/events.js';
import { poolExecutor, type Executor } from '../../src/learning/training/executor.js';
import type { TunedSets } from '../../src/learning/model/slots.js';
import { refOf } from '../../src/learning/params/param-set.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { methods } from '../../src/strategies/methods/index.js';
import type { Proximal } from '../../src/learning/training/terms/term.js';
import { own, type Method, type MethodPhase } from '../../src/strategies/methods/method.js';
import { protocolRun } from './untrained.js';

/*
 * Methods of the field held to what they come to where their own additions are nothing, with real training of the
 * tiny scenario's first stage; and what their clients remember of work that never arrived.
 */

const stageOne = [
  'stages=["instruction"]',
  'instruction.maxRounds=2',
  'instruction.localSteps=3',
  'instruction.convergence.patience=99',
];

const phasesOf = ({ phases = [] }: Method) => phases;

const hashes = (sets: TunedSets | undefined) =>
  Object.fromEntries(Object.entries(sets ?? {}).map(([part, set]) => [part, refOf(set).hash]));

describe('a method of the field', function () {
  this.timeout(240_000);
  let executor: Executor;
  before(() => (executor = poolExecutor(2, 'wasm')));
  after(() => executor.close());

  const finished = async (method: Method, ...set: readonly string[]) => {
    const strategies = { methods: [{ ...method, name: 'sample' }] };
    const run = await protocolRun([...stageOne, 'method=sample', ...set], { executor, strategies });
    assert.equal(run.ended.reason, 'finished', JSON.stringify(run.ended));
    return run;
  };

  it('FedProx without its pull is vanilla federated learning, bit for bit', async () => {
    const phase = phasesOf(methods.fedprox)[0]!;
    const pull = { name: 'proximal', mu: 0 } as const;
    const without = await finished({ ...methods.fedprox, phases: [{ ...phase, terms: [pull] }] });
    const plain = await finished(methods['vanilla-fl']);
    assert.deepEqual(without.global, plain.global);
    const tied = await finished({ ...methods.fedprox, phases: [{ ...phase, terms: [{ ...pull, mu: 1 }] }] });
    assert.notDeepEqual(tied.global, plain.global);
  });

  it('Ditto without its pull has the personal models of clients that tune alone, bit for bit', async () => {
    const [global, personal] = phasesOf(methods.ditto) as [MethodPhase, MethodPhase];
    const pull = personal.terms![0] as Proximal;
    const without = await finished({
      ...methods.ditto,
      phases: [global, { ...personal, terms: [{ ...pull, mu: 0 }] }],
    });
    const start = { init: 'server', modules: 'all' } as const;
    const alone = await finished({
      ...methods['local-only'],
      slots: [
        { ...own('adapters'), ...start },
        { ...own('lora'), ...start },
      ],
    });
    for (const [k, { model }] of without.clients.entries()) {
      const { adapters, lora } = alone.clients[k]!.model;
      assert.deepEqual([model['personal-adapters'], model['personal-lora']], [adapters, lora]);
    }
    const plain = await finished(methods['vanilla-fl']);
    const { base: _, helpful: __, harmless: ___, ...shared } = plain.global;
    assert.deepEqual([without.global['adapters'], without.global['lora']], Object.values(shared));
  });

  it('FedDPA-F is FedIT for half of the rounds, and shares nothing in the other half', async () => {
    const run = await finished(methods['feddpa-f']);
    const before = await finished(methods.fedit, 'instruction.maxRounds=1');
    assert.deepEqual(run.global['lora'], before.global['lora']);
    const { lora, 'personal-lora': own } = Object.fromEntries(
      ['lora', 'personal-lora'].map((part) => [part, run.clients.map(({ model }) => model[part]!.hash)]),
    );
    assert.deepEqual(new Set(lora), new Set([run.global['lora']!.hash]));
    assert.equal(new Set(own).size, run.clients.length);
  });

  it('centralised is a client that tunes alone, with the rows of all', async () => {
    const place = ['clients.count=1', 'clients.weightHarmless=[0.5]', 'server.quorum=1'];
    const noFacts = 'data.synthetic.facts=0';
    const alone = { init: 'server', modules: 'all' } as const;
    const slots = [
      { ...own('adapters'), ...alone },
      { ...own('lora'), ...alone },
    ];
    const ofOne = await finished(methods.centralised, ...place, 'data.pooledFrom=1', noFacts);
    const itself = await finished({ ...methods['local-only'], slots }, ...place, noFacts);
    assert.deepEqual(ofOne.clients[0]!.model, itself.clients[0]!.model);
    const ofThree = await finished(methods.centralised, ...place, 'data.pooledFrom=3', noFacts);
    assert.notDeepEqual(ofThree.clients[0]!.model, itself.clients[0]!.model);
  });

  it('FFA-LoRA never moves A, and sends B alone', async () => {
    const { run, global, clients } = await finished(methods['ffa-lora']);
    const { store } = run.world;
    for (const { model } of clients) assert.equal(model['lora.A']?.hash, global['lora.A']!.hash);
    const [a, b] = ['lora.A', 'lora.B'].map((part) => store.get(global[part]!));
    assert.ok(a!.values.some((value) => value !== 0) && b!.values.some((value) => value !== 0));
  });

  it('FedSA-LoRA has one A for all and a B for each', async () => {
    const { global, clients } = await finished(methods['fedsa-lora']);
    const held = (part: string) => new Set(clients.map(({ model }) => model[part]!.hash));
    assert.deepEqual([...held('lora.A')], [global['lora.A']!.hash]);
    assert.equal(held('lora.B').size, clients.length);
  });

  it('RoLoRA sends B after odd rounds and A after even ones', async () => {
    const sent = new Map<number, Set<string>>();
    const strategies = { methods: [{ ...methods.rolora, name: 'sample' }] };
    await protocolRun([...stageOne, 'method=sample'], {
      strategies,
      prepare: ({ events }) => {
        events.subscribe({
          next: (event: RunEvent) => {
            if (event.type !== 'bus' || event.event.phase !== 'sent') return;
            const { message } = event.event.envelope;
            if (message.direction === 'down') return;
            const round = message.answers.version + 1;
            sent.set(round, new Set([...(sent.get(round) ?? []), ...Object.keys(message.params)]));
          },
        });
      },
    });
    assert.deepEqual(
      [...sent].map(([round, parts]) => [round, [...parts]]),
      [
        [1, ['lora.B']],
        [2, ['lora.A']],
      ],
    );
  });

  for (const name of ['scaffold', 'feddyn'] as const) {
    it(`${name} goes on from the newest work that the server has acknowledged, under 30 % loss`, async () => {
      const lossy = ['channel.lossProbability=0.3', 'channel.maxTransmissions=1', 'instruction.maxRounds=4'];
      /** What each client's work on a round left, and what it goes on from. */
      const left = new Map<string, TunedSets>();
      const committed = new Map<string, Record<string, string>>();
      let [lost, checked] = [0, 0];
      const watching: Executor = {
        ...executor,
        async run(request) {
          if (request.kind !== 'instruct') return executor.run(request);
          const { seed, params } = request as unknown as TaskRequest<'instruct'>;
          const [, client, , round] = seed.split('/');
          assert.deepEqual(hashes(params.state), committed.get(client!) ?? {}, `${client}, round ${round}`);
          checked++;
          const result = await executor.run(request);
          left.set(`${client} ${round}`, (result.output as { state: TunedSets }).state);
          return result;
        },
      };
      const settled = (from: string, { answers }: Upload, acknowledged: boolean) => {
        if (acknowledged) committed.set(from, hashes(left.get(`${from} ${answers.version + 1}`)));
        else lost++;
      };
      await protocolRun([...stageOne, `method=${name}`, ...lossy], {
        executor: watching,
        prepare: ({ events }) => {
          events.subscribe({
            next: (event: RunEvent) => {
              if (event.type !== 'bus' || event.event.phase !== 'settled') return;
              const { envelope, acknowledged } = event.event;
              if (envelope.message.direction === 'up') settled(envelope.from, envelope.message, acknowledged);
            },
          });
        },
      });
      assert.ok(
        lost > 0 && committed.size > 0 && checked > 6,
        `${lost} lost, ${committed.size} committed, ${checked} checked`,
      );
    });
  }
});
