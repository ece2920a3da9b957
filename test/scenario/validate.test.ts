import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.js';
import { resolveScenario } from '../../src/scenario/validate.js';

const model = { n_layer: 3, n_embd: 96, n_positions: 64 };

/** The lines with which a scenario is refused. */
function refusal(changes: object): string[] {
  try {
    resolveScenario({ name: 'x', ...changes }, { model, unreadable: {} }, 'x.json');
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.message.split('\n');
  }
  return [];
}

describe('validation of a scenario', () => {
  it('fills in every default, down to the innermost', () => {
    const scenario = resolveScenario({ name: 'x' });
    assert.equal(scenario.clients.count, 10);
    assert.equal(scenario.channel.uplink.meanSnrDb, 5);
    assert.equal(scenario.alignment.convergence.patience, 3);
  });

  it('leaves what it was given as it was and freezes what it gives, deeply', () => {
    const input = { name: 'x', channel: { uplink: { meanSnrDb: 3 } } };
    const scenario = resolveScenario(input);
    assert.deepEqual(input, { name: 'x', channel: { uplink: { meanSnrDb: 3 } } });
    assert.throws(() => Object.assign(scenario.channel.uplink, { meanSnrDb: 4 }), TypeError);
    assert.ok(Object.isFrozen(scenario.model.lora.targets));
  });

  it('names an unknown key, the keys that are known, and the one that was meant', () => {
    assert.deepEqual(refusal({ server: { quorom: 2 } }), [
      'x.json: /server/quorom: unknown key, expected one of quorum, selection, selectionFraction, ' +
        'allocation, aggregation, maxStaleness, late, stalenessExponent, partial, maxUpdateNorm, gigaflopsPerSecond, ' +
        'joulesPerGigaflop, discipline; did you mean quorum?',
    ]);
  });

  it('points to the place where a misplaced key belongs', () => {
    const [line = ''] = refusal({ channel: { snrDb: 5 } });
    assert.match(line, /did you mean \/channel\/uplink\/meanSnrDb or \/channel\/downlink\/meanSnrDb\?$/);
  });

  it('has networks on features as reward models, the DistilBERT of a folder, or a GPT-2', () => {
    const { reward } = resolveScenario({ name: 'x', reward: { hidden: 16 } });
    assert.deepEqual(reward.model, { kind: 'features', path: null, train: 'full' });
    const distilBert = { kind: 'distilbert', path: '/models/distilbert', train: 'head' };
    assert.deepEqual(refusal({ reward: { model: distilBert } }), []);
    assert.deepEqual(refusal({ reward: { model: { ...distilBert, path: null } } }), [
      'x.json: /reward/model/path: is null, expected the folder of a DistilBERT where kind is "distilbert"; ' +
        'for example that of distilbert-base-uncased, downloaded from Hugging Face',
    ]);
    assert.deepEqual(refusal({ reward: { model: { ...distilBert, kind: 'features' } } }), [
      'x.json: /reward/model/path: is "/models/distilbert", expected null where kind is "features"; ' +
        'set /reward/model/kind to "distilbert" or "gpt2" to use it',
    ]);
    assert.match(refusal({ reward: { model: { kind: 'distillbert' } } })[0]!, /did you mean "distilbert"\?$/);
    for (const path of [null, '/models/gpt2']) {
      assert.deepEqual(refusal({ reward: { model: { ...distilBert, kind: 'gpt2', path } } }), []);
    }
  });

  it('refuses to train a whole DistilBERT or GPT-2 as fast as a small network', () => {
    const model = { kind: 'distilbert', path: '/models/distilbert', train: 'full' };
    assert.deepEqual(refusal({ reward: { model } }), [
      'x.json: /reward/learningRate: is 0.002, expected at most 0.001 where a whole DistilBERT is trained; ' +
        'Hugging Face trains it with 0.00002 to 0.00005',
    ]);
    assert.deepEqual(refusal({ reward: { model, learningRate: 2e-5 } }), []);
    assert.deepEqual(refusal({ reward: { model: { kind: 'gpt2' } } }), [
      'x.json: /reward/learningRate: is 0.002, expected at most 0.001 where a whole GPT-2 is trained; ' +
        "TRL's example trains one with 0.00001",
    ]);
    assert.deepEqual(refusal({ reward: { model: { kind: 'gpt2', train: 'head' } } }), []);
  });

  const otherUnits: [changes: object, line: RegExp][] = [
    [{ channel: { uplink: { bandwidthMHz: 2 } } }, /bandwidthMHz: unknown key.*mean bandwidthHz: 2000000\?$/],
    [{ channel: { uplink: { powerMw: 200 } } }, /powerMw: unknown key.*mean powerWatts: 0\.2\?$/],
    [{ channel: { coherenceMillis: 50 } }, /coherenceMillis: unknown key.*mean coherenceSeconds: 0\.05\?$/],
    [{ instruction: { deadlineMinutes: 2 } }, /deadlineMinutes: unknown key.*mean deadlineSeconds: 120\?$/],
    [
      { channel: { uplink: { bandwidthHz: '2 MHz' } } },
      /is "2 MHz".*; write 2000000, without quotes or unit$/,
    ],
    [
      { channel: { uplink: { meanSnrDb: '5' } } },
      /is "5", expected a number of dB or .*; write 5, without quotes/,
    ],
  ];
  for (const [changes, line] of otherUnits) {
    it(`converts the unit in ${JSON.stringify(changes)}`, () => {
      const lines = refusal(changes);
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, line);
    });
  }

  it('reports each of several problems on a line of its own', () => {
    const lines = refusal({ seed: -1, method: 'fedad', clients: { count: 0 }, nonsense: true });
    assert.equal(lines.length, 4);
    assert.ok(lines.every((line) => line.startsWith('x.json: /')));
    assert.ok(lines.some((line) => line.endsWith('did you mean "fedada"?')));
    assert.ok(lines.includes('x.json: /clients/count: is 0, expected an integer of at least 1'));
    assert.ok(lines.includes('x.json: /seed: is -1, expected an integer from 0 to 9007199254740991'));
    assert.equal(refusal({ seed: 2 ** 53 }).length, 1);
  });

  it('tells a union in one line, or what is wrong inside the branch that was meant', () => {
    assert.deepEqual(refusal({ instruction: { deadlineSeconds: true } }), [
      'x.json: /instruction/deadlineSeconds: is true, expected a number of seconds above 0 or null',
    ]);
    assert.deepEqual(refusal({ clients: { count: 2, weightHarmless: [0.5, 1.5] } }), [
      'x.json: /clients/weightHarmless/1: is 1.5, expected a number from 0 to 1',
    ]);
    assert.deepEqual(refusal({ data: { files: { helpful: 'b' } } }), [
      'x.json: /data/files/instructions: is missing, expected a string',
    ]);
  });

  const impossible: [fact: string, changes: object, pointer: string, expected: RegExp][] = [
    [
      'a quorum above the clients',
      { clients: { count: 4 }, server: { quorum: 5 } },
      '/server/quorum',
      /is 5, expected at most 4/,
    ],
    [
      'a quorum above the cohort',
      { server: { quorum: 4, selection: 'random', selectionFraction: 0.25 } },
      '/server/quorum',
      /expected at most 3/,
    ],
    [
      'a share that nobody draws',
      { server: { selectionFraction: 0.5 } },
      '/server/selectionFraction',
      /set \/server\/selection to "random"/,
    ],
    [
      'too few weights',
      { clients: { count: 4, weightHarmless: [0.5] } },
      '/clients/weightHarmless',
      /a list of 4 weights/,
    ],
    ['clients that never take part', { clients: { availability: 0 } }, '/clients/availability', /above 0/],
    [
      'more modules at least than at most',
      { model: { lora: { minModules: 5, maxModules: 4 } } },
      '/model/lora/minModules',
      /at most 4/,
    ],
    [
      'more modules than 3 targets × 3 layers',
      { model: { lora: { maxModules: 10 } } },
      '/model/lora/maxModules',
      /at most 9: 3 targets in each of 3 layers/,
    ],
    ['a rank above the width', { model: { lora: { r: 97 } } }, '/model/lora/r', /at most 96/],
    [
      'responses longer than the model',
      { alignment: { maxNewTokens: 64 } },
      '/alignment/maxNewTokens',
      /less than 64/,
    ],
    [
      'facts that every client holds',
      { clients: { count: 3 }, data: { synthetic: { factHolders: 3 } } },
      '/data/synthetic/factHolders',
      /is 3, expected at most 2/,
    ],
    [
      'the rows of several in the places of several',
      { clients: { count: 3 }, data: { pooledFrom: 3 } },
      '/clients/count',
      /is 3, expected 1 where \/data\/pooledFrom is given/,
    ],
    [
      'all data in one place, and several clients',
      { method: 'centralised' },
      '/method',
      /set \/clients\/count to 1 and \/data\/pooledFrom to/,
    ],
    [
      'shares above one',
      { data: { synthetic: { factShare: 0.5, sensitiveShare: 0.6 } } },
      '/data/synthetic/factShare',
      /at most 0\.4/,
    ],
    [
      'a minibatch above what is sampled',
      { alignment: { promptsPerRound: 8 } },
      '/alignment/minibatchSize',
      /is 16, expected at most 8/,
    ],
    [
      'a bandwidth of one hertz',
      { channel: { uplink: { bandwidthHz: 1 } } },
      '/channel/uplink/bandwidthHz',
      /1 MHz is 1000000/,
    ],
    [
      'a ratio of a million decibels',
      { channel: { downlink: { meanSnrDb: 1e6 } } },
      '/channel/downlink/meanSnrDb',
      /-30 to 60 dB/,
    ],
    [
      'a coherence time of an hour',
      { channel: { coherenceSeconds: 3600 } },
      '/channel/coherenceSeconds',
      /0\.00001 to 100 seconds/,
    ],
  ];
  for (const [fact, changes, pointer, expected] of impossible) {
    it(`refuses ${fact}`, () => {
      const lines = refusal(changes);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.ok(lines[0]!.startsWith(`x.json: ${pointer}: `), lines[0]);
      assert.match(lines[0]!, expected);
    });
  }

  it('asks for preference pairs in one line, for stages 2 and 3 alone, and says how to do without', () => {
    const files = { instructions: 'a.json' };
    const advice = 'for stage 1 alone set /stages to ["instruction"]';
    const expected = 'expected files of preference pairs, which stages 2 and 3 learn from';
    assert.deepEqual(refusal({ data: { files } }), [
      `x.json: /data/files: has no helpful and no harmless, ${expected}; ${advice}`,
    ]);
    assert.deepEqual(refusal({ data: { files: { ...files, helpful: 'b' } } }), [
      `x.json: /data/files: has no harmless, ${expected}; ${advice}`,
    ]);
    assert.deepEqual(refusal({ data: { files }, stages: ['instruction'] }), []);
    assert.equal(refusal({ data: { files }, stages: ['instruction', 'reward'] }).length, 1);
  });

  it('takes stages that follow each other, all by default', () => {
    const all = ['instruction', 'reward', 'alignment'];
    assert.deepEqual(resolveScenario({ name: 'x' }).stages, all);
    for (const count of [1, 2, 3]) assert.deepEqual(refusal({ stages: all.slice(0, count) }), []);
    assert.deepEqual(refusal({ stages: ['reward'] }), []);
    for (const stages of [[], ['instruction', 'alignment'], [...all].reverse(), 'instruction']) {
      const [line = '', ...others] = refusal({ stages });
      assert.ok(line.startsWith('x.json: /stages: is '), line);
      assert.ok(line.includes(', expected one of ["instruction"], ["instruction","reward"], ['), line);
      assert.deepEqual(others, []);
    }
  });

  it('lets alignment without instruction tuning begin only with the parameters of an earlier run', () => {
    for (const stages of [['alignment'], ['reward', 'alignment']]) {
      const line =
        `x.json: /stages: is ${JSON.stringify(stages)}, expected to begin with "instruction", which alignment ` +
        'needs the parameters of; or name in /from the folder of a run that has been through it';
      assert.deepEqual(refusal({ stages }), [line]);
      assert.deepEqual(refusal({ stages, from: 'runs/x' }), []);
    }
  });

  it('has defaults that are possible for every number of clients', () => {
    for (const count of [1, 2, 3, 4, 10, 1000]) {
      assert.equal(resolveScenario({ name: 'any', clients: { count } }).clients.count, count);
    }
  });

  it('does not ask for facts to be split where there are none', () => {
    assert.deepEqual(refusal({ clients: { count: 1 }, data: { synthetic: { facts: 0 } } }), []);
  });
});
