import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpz } from '../../../studies/traces/npz.js';
import { tracesOfNs3 } from '../../../studies/traces/ns3.js';
import { tracesOfSionna } from '../../../studies/traces/sionna.js';
import { exampleTraces, rateCsv } from '../../../studies/traces/example.js';
import { UserError } from '../../../src/errors.js';
import { packageRoot } from '../../../src/paths.js';
import { parseRecording } from '../../../src/radio/channel/fading/recording.js';

describe('traces of ns-3', () => {
  const lte = [
    '% time\tcellId\tIMSI\tRNTI\trsrp\tsinr\tComponentCarrierId',
    '0.001\t1\t7\t1\t0.0033\t100\t0',
    '0.001\t1\t3\t2\t0.0033\t10\t0',
    '0.002\t1\t7\t1\t0.0033\t1\t0',
    '0.002\t1\t3\t2\t0.0033\t0\t0',
  ].join('\n');

  it('of LTE have ratios, and clients in the order of their IMSI', () => {
    assert.deepEqual(tracesOfNs3(lte, 'sim/DlRsrpSinrStats.txt'), [
      {
        client: 2,
        direction: 'downlink',
        rows: [
          [0.001, 20],
          [0.002, 0],
        ],
      },
      {
        client: 1,
        direction: 'downlink',
        rows: [
          [0.001, 10],
          [0.002, -200],
        ],
      },
    ]);
    const [first] = tracesOfNs3(
      '% time cellId IMSI RNTI sinrLinear componentCarrierId\n0 1 1 1 10 0',
      'UlSinrStats.txt',
    );
    assert.deepEqual(first, { client: 1, direction: 'uplink', rows: [[0, 10]] });
  });

  it('of NR have decibels, both directions, and a row for each packet', () => {
    const nr =
      'Time\tdirection\trnti\ttbSize\tSINR(dB)\n0.4\tDL\t1\t9\t12.5\n0.4\tUL\t1\t9\t-3\n0.5\tDL\t1\t9\t13\n';
    assert.deepEqual(tracesOfNs3(nr, 'RxPacketTrace.txt'), [
      {
        client: 1,
        direction: 'downlink',
        rows: [
          [0.4, 12.5],
          [0.5, 13],
        ],
      },
      { client: 1, direction: 'uplink', rows: [[0.4, -3]] },
    ]);
  });

  it('are refused with the place of what is wrong', () => {
    assert.throws(
      () => tracesOfNs3('% time IMSI rsrp\n0 1 2', 'x.txt'),
      /^UserError: x\.txt: has the columns time, imsi, rsrp/,
    );
    assert.throws(() => tracesOfNs3(lte.replace('100', 'much'), 'x.txt'), /^UserError: x\.txt:2: is "0\.001/);
  });
});

describe('impulse responses of Sionna', () => {
  const budget = { powerWatts: 0.1, bandwidthHz: 1e7, noiseFigureDb: 7 };
  const fileOf = (name: string) => join(packageRoot(), 'test/studies/traces', name);
  const tracesIn = (name: string) => tracesOfSionna(readNpz(readFileSync(fileOf(name)), name), name, budget);

  it('have the SNR that NumPy computes of them, packed or not, of 32 or 64 bits', () => {
    // What make-cir.py prints.
    const expected = [
      [25.735349356514412, 23.98859938847588, 23.79095817077326, 21.206635304846003],
      [18.845869055927807, 21.389639605622843, 14.992844164620227, 16.870516179895347],
    ];
    for (const [name, tolerance] of [
      ['single.npz', 1e-4],
      ['double.npz', 1e-9],
    ] as const) {
      const traces = tracesIn(name);
      assert.deepEqual(
        traces.map(({ client, rows }) => [client, ...rows.map(([seconds]) => seconds)]),
        [1, 2].map((client) => [client, 0, 0.05, 0.1, 0.15]),
      );
      traces.forEach(({ rows }, receiver) =>
        rows.forEach(([, snrDb], time) => {
          const wanted = expected[receiver]![time]!;
          assert.ok(Math.abs(snrDb - wanted) < tolerance, `${name}: ${snrDb} instead of ${wanted}`);
        }),
      );
    }
  });

  it('are refused where they are no such arrays', () => {
    assert.throws(() => readNpz(Buffer.from('nothing'), 'x.npz'), UserError);
    assert.throws(() => tracesOfSionna(new Map(), 'x.npz', budget), /x\.npz: has no array "a"/);
  });
});

describe('the example traces', () => {
  const textOf = (name: string) => readFileSync(join(packageRoot(), 'scenarios/traces', name), 'utf8');

  it('are what the script makes, and what a scenario can read', () => {
    assert.equal(textOf('rate.csv'), rateCsv());
    assert.equal(parseRecording(textOf('rate.csv'), 'rate.csv').states, 'rate');
    for (const { client, direction, rows } of exampleTraces()) {
      const { states, trace } = parseRecording(textOf(`${client}-${direction}.csv`), 'snr');
      assert.equal(states, 'snr');
      rows.forEach(([, snrDb], row) =>
        assert.ok(Math.abs(10 * Math.log10(trace.gains[row]!) - snrDb) < 1e-3),
      );
    }
  });
});
