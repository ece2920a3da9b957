import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  drawnPlace,
  gainAt,
  traceGains,
  tracePath,
  type GainTrace,
} from '../../../src/radio/channel/fading/trace.js';
import { parseRecording, readRecording } from '../../../src/radio/channel/fading/recording.js';
import { UserError } from '../../../src/errors.js';

const parseTrace = (text: string, path: string) => parseRecording(text, path).trace;

/** Holds 2 for 1 s, 0.5 for 3 s, and 1 for the same 3 s. */
const trace = parseTrace('seconds,gain\n10,2\n11,0.5\n14,1\n', 'a.csv');

function refused(text: string, message: RegExp) {
  assert.throws(
    () => parseTrace(text, 'a.csv'),
    (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('\n'), 'one line');
      return true;
    },
  );
}

const anyTrace = fc
  .array(
    fc.tuple(fc.double({ min: 0.001, max: 10, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .filter((rows) => rows.some(([, gain]) => gain > 0))
  .map((rows) => {
    let seconds = -7;
    const lines = rows.map(([wait, gain]) => `${(seconds += wait)},${gain}`);
    return parseTrace(['seconds,gain', ...lines].join('\n'), 'any.csv');
  });

describe('a gain trace', () => {
  it('counts time from its first row; its last row lasts as long as the one before', () => {
    assert.deepEqual([...trace.startSeconds], [0, 1, 4]);
    assert.deepEqual([...trace.gains], [2, 0.5, 1]);
    assert.equal(trace.periodSeconds, 7);
  });

  it('holds each gain until the next row’s time, and repeats for ever', () => {
    const at = (seconds: number) => gainAt(trace, seconds);
    assert.deepEqual([0, 0.999, 1, 3.999, 4, 6.999].map(at), [2, 2, 0.5, 0.5, 1, 1]);
    assert.deepEqual([7, 8, 11, 7000, 7001].map(at), [2, 0.5, 1, 2, 0.5]);
    assert.deepEqual([-7, -6, -0.5].map(at), [2, 0.5, 1]);
  });

  it('finds what a walk from row to row finds', () => {
    fc.assert(
      fc.property(anyTrace, fc.double({ min: 0, max: 0.999, noNaN: true }), (any: GainTrace, share) => {
        const seconds = share * any.periodSeconds;
        let row = 0;
        while ((any.startSeconds[row + 1] ?? Infinity) <= seconds) row++;
        assert.equal(gainAt(any, seconds), any.gains[row]);
      }),
    );
  });
});

describe('the gains of a trace over a link', () => {
  it('are those of block beginnings, from one place in the trace', () => {
    const path = tracePath(trace, { coherenceSeconds: 0.05 }, drawnPlace(trace, 1, 'client-1/uplink'));
    const found = Array.from({ length: 420 }, (_, block) => path.gainAt(block));
    // Three periods of 140 blocks: 20 of gain 2, 60 of 0.5, 60 of 1, to one block at each edge.
    for (const [gain, blocks] of [
      [2, 60],
      [0.5, 180],
      [1, 180],
    ] as const) {
      assert.ok(Math.abs(found.filter((value) => value === gain).length - blocks) <= 3);
    }
    const edges = found.filter((value, block) => block > 0 && value !== found[block - 1]).length;
    assert.ok(edges === 8 || edges === 9);
  });

  it('repeat with the period of the trace, in whatever order they are asked', () => {
    const path = tracePath(trace, { coherenceSeconds: 0.7 }, drawnPlace(trace, 1, 'client-1/uplink'));
    const forward = Array.from({ length: 200 }, (_, block) => path.gainAt(block));
    for (let block = 199; block >= 0; block--) assert.equal(path.gainAt(block), forward[block]);
    for (let block = 10; block < 200; block++) assert.equal(forward[block], forward[block - 10]);
  });

  it('are refused for a block that is not an integer from 0', () => {
    const path = tracePath(trace, { coherenceSeconds: 1 }, 0);
    for (const block of [-1, 0.5, NaN, Infinity]) assert.throws(() => path.gainAt(block), RangeError);
  });

  it('begin at a place that is drawn for seed and link, uniform over the period', () => {
    const count = 100_000;
    const firsts = Array.from({ length: count }, (_, link) =>
      tracePath(trace, { coherenceSeconds: 1 }, drawnPlace(trace, 1, `link-${link}`)).gainAt(0),
    );
    for (const [gain, share] of [
      [2, 1 / 7],
      [0.5, 3 / 7],
      [1, 3 / 7],
    ] as const) {
      const found = firsts.filter((value) => value === gain).length / count;
      assert.ok(Math.abs(found - share) < 3 * Math.sqrt((share * (1 - share)) / count), `${gain}: ${found}`);
    }
  });

  it('have a sample of their law in which each gain weighs what it lasts', () => {
    const gains = traceGains(trace, 0.05);
    assert.ok(gains.length >= 140);
    // Resampled to one sample per row: 3 rows.
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    assert.ok(Math.abs(mean - (2 * 1 + 0.5 * 3 + 1 * 3) / 7) < (3 * 2) / gains.length);
  });

  it('have an exact sample where rows are evenly spaced', () => {
    const even = parseTrace('seconds,gain\n0,1\n0.1,2\n0.2,3\n0.3,4', 'a.csv');
    for (const coherenceSeconds of [0.05, 0.1, 0.3, 10]) {
      const gains = traceGains(even, coherenceSeconds);
      for (const gain of [1, 2, 3, 4]) {
        assert.equal(gains.filter((value) => value === gain).length, gains.length / 4);
      }
    }
  });

  it('have a sample of bounded size, however short the blocks', () => {
    assert.ok(traceGains(trace, 1e-9).length <= 100_000);
  });
});

describe('a trace file', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pwff-trace-'));
  });

  after(() => rm(folder, { recursive: true }));

  it('may have a byte-order mark, blank lines, Windows line ends, spaces and further columns', async () => {
    const file = join(folder, 'good.csv');
    await writeFile(file, '\uFEFF\r\nrsrp, gain ,seconds\r\n-90,2,10\r\n\r\n-91,.5,11\r\n-92,1e0,14\r\n\r\n');
    assert.deepEqual(await readRecording(file), { states: 'gain', trace });
  });

  it('may give its gains in decibels', () => {
    const { gains } = parseTrace('seconds,gainDb\n0,0\n1,-10\n2,3\n', 'a.csv');
    // 3 dB = 1.995262.
    [1, 0.1, 1.995262].forEach((gain, row) => assert.ok(Math.abs(gains[row]! - gain) < 1e-6));
  });

  it('is refused with its name where it cannot be read', async () => {
    const file = join(folder, 'none.csv');
    await assert.rejects(readRecording(file), (error: unknown) => {
      return error instanceof UserError && error.message.startsWith(`${file}: cannot be read (`);
    });
  });

  it('is refused without the columns it needs', () => {
    refused('', /^a\.csv: is empty, expected a header line "seconds,gain" .*"gainDb", "snrDb" or "rateBps"$/);
    refused('0,1\n1,2\n', /^a\.csv:1: is "0,1", expected a header line/);
    refused('\nseconds;gain\n0;1\n', /^a\.csv:2: is "seconds;gain", expected a header line/);
    refused('time,gain\n0,1\n', /^a\.csv:1: is "time,gain", expected/);
    refused('seconds,gain,gainDb\n0,1,0\n', /^a\.csv:1: .*expected one column of seconds and one of values/);
    refused('seconds,gain,gain\n0,1,0\n', /^a\.csv:1: .*expected one column of seconds and one of values/);
  });

  it('is refused where a row is not what the header says', () => {
    refused('seconds,gain\n0,1\n1,2,3\n', /^a\.csv:3: has 3 fields, expected 2 as in the header/);
    refused('seconds,gain\n0,1\n1\n', /^a\.csv:3: has 1 fields?, expected 2/);
    refused('seconds,gain\n0,1\n\n"1",2\n', /^a\.csv:4: has a quoted field, expected plain numbers/);
    refused('seconds,gain\n0,1\n1,\n', /^a\.csv:3: gain is "", expected a finite number/);
    refused('seconds,gain\n0,1\n0x10,2\n', /^a\.csv:3: seconds is "0x10", expected a finite number/);
    refused('seconds,gain\n0,NaN\n1,2\n', /^a\.csv:2: gain is "NaN", expected a finite number/);
    refused(
      'seconds,gainDb\n0,-Infinity\n1,2\n',
      /^a\.csv:2: gainDb is "-Infinity", expected a finite number/,
    );
    refused('seconds,gain\n0,1e999\n1,2\n', /^a\.csv:2: gain is "1e999", expected a finite number/);
  });

  it('is refused where a gain cannot be one', () => {
    refused('seconds,gain\n0,1\n1,-0.5\n', /^a\.csv:3: gain is -0\.5, expected a power gain from 0 to 1/);
    refused('seconds,gainDb\n0,1\n1,4000\n', /^a\.csv:3: gainDb is 4000, expected at most 200 dB/);
    // A gain of 1e308 made infinite rates, and a study of it never ended.
    refused('seconds,gain\n0,1e308\n1,2\n', /^a\.csv:2: gain is 1e308, expected a power gain from 0 to 1/);
    refused('seconds,snrDb\n0,5\n1,201\n', /^a\.csv:3: snrDb is 201, expected at most 200 dB/);
    refused('seconds,rateBps\n0,5\n1,-1\n', /^a\.csv:3: rateBps is -1, expected from 0 to 1e15 bits/);
    refused('seconds,gain\n0,0\n1,0\n', /^a\.csv: every gain is 0, expected/);
  });

  it('is refused where its time stands still, runs back or is too short', () => {
    refused('seconds,gain\n0,1\n1,2\n1,3\n', /^a\.csv:4: seconds is 1 after 1, expected more/);
    refused('seconds,gain\n5,1\n\n4,2\n', /^a\.csv:4: seconds is 4 after 5, expected more/);
    refused('seconds,gain\n0,1\n', /^a\.csv: has 1 rows? of gains, expected at least 2/);
    refused('seconds,gain\n-1e300,1\n0,2\n1,1\n', /^a\.csv: seconds reach too far to be told apart/);
    refused('seconds,gain\n-1e308,1\n1e308,2\n', /^a\.csv: seconds reach too far to be told apart/);
  });
});
