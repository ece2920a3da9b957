import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '../../machines/protocol.js';
import { UserError } from '../../src/errors.js';
import { readJsonLines } from '../../src/records/json-lines.js';
import { readRun } from '../../src/records/read.js';
import { openRecords } from '../../src/records/records.js';
import { messageLine, metricLine } from '../../src/records/row-text.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from '../../src/records/rows.js';
import { page } from '../../src/records/report/page.js';
import { messageTotals } from '../../src/records/message-totals.js';
import { TraceHash } from '../../src/records/trace-hash.js';
import { madeUpRun } from './report/made-up-run.js';
import { noEnergy } from '../../src/records/energy/energy.js';

const round: RoundRow = {
  verdict: 'continue',
  type: 'round',
  stage: 'instruction',
  round: 1,
  virtualSeconds: 12.5,
  seconds: 12,
  delaySeconds: 3,
  energyJoules: 4,
  loss: null,
  cohort: 10,
  updates: 9,
  late: 0,
  members: ['client-1', 'client-2'],
  closedBy: 'answers',
  energy: noEnergy,
};

describe('a row of the records', () => {
  it('has its keys in one order, whatever order they were given in', () => {
    assert.equal(
      metricLine(round),
      '{"type":"round","stage":"instruction","round":1,"virtualSeconds":12.5,"seconds":12,"delaySeconds":3,' +
        '"energyJoules":4,"loss":null,"cohort":10,"updates":9,"late":0,"verdict":"continue","members":["client-1","client-2"],"closedBy":"answers",' +
        '"energy":{"devices":{"transmitJoules":0,"receiveJoules":0,"idleJoules":0,"computeJoules":0},' +
        '"server":{"transmitJoules":0,"receiveJoules":0,"idleJoules":0,"computeJoules":0}}}',
    );
  });

  it('has its measured figures in alphabetical order, with null for what could not be measured', () => {
    const row: MetricRow = {
      type: 'client',
      stage: 'instruction',
      round: 0,
      actor: 'client-1',
      virtualSeconds: 0,
      task: 'evaluate',
      metrics: { sharedAccuracy: null, accuracy: 0.5 },
    };
    assert.match(metricLine(row), /"metrics":\{"accuracy":0\.5,"sharedAccuracy":null\}\}$/);
  });

  it('refuses NaN and infinities anywhere, and null where a value has to be', () => {
    assert.throws(() => metricLine({ ...round, energyJoules: NaN }), {
      name: 'RangeError',
      message: 'round row/energyJoules: is NaN, expected a finite number',
    });
    assert.throws(() => metricLine({ ...round, loss: NaN }), /round row\/loss: is NaN/);
    assert.throws(() => metricLine({ ...round, loss: Infinity }), /loss: is Infinity/);
    assert.throws(() => metricLine({ ...round, energyJoules: null as unknown as number }), {
      name: 'RangeError',
      message: 'round row/energyJoules: is null, expected a value',
    });
    const message = madeUpRun(1).messages[0]!;
    assert.throws(() => messageLine({ ...message, bits: -Infinity }), /bits: is -Infinity/);
  });

  it('has the story of a message at its end, and no key for it where there is none', () => {
    const message = madeUpRun(1).messages[0]!;
    assert.match(messageLine(message), /"endedVirtualSeconds":1\.5,"aggregatedIn":null,"leftOut":null\}$/);
    const attempt = {
      atSeconds: 0,
      seconds: 1.5,
      onAirSeconds: 1.5,
      airBits: 160_512,
      packets: 1,
      lostPackets: 0,
      lost: null,
      acknowledged: true,
      energyJoules: 1.5,
      blocks: 30,
    };
    assert.match(
      messageLine({ story: [attempt], ...message }),
      /"aggregatedIn":null,"leftOut":null,"story":\[\{"atSeconds":0,.*"blocks":30\}\]\}$/,
    );
  });

  it('tells a copy, and why a message was dropped', () => {
    const message = madeUpRun(1).messages[0]!;
    assert.match(messageLine(message), /^\{"id":0,"copyOf":null,.*"reason":null,"acknowledged":true,/);
    const dropped = {
      ...message,
      copyOf: 7,
      outcome: 'dropped',
      reason: 'timeout',
      acknowledged: false,
    } as const;
    assert.match(messageLine(dropped), /"copyOf":7,.*"reason":"timeout","acknowledged":false,/);
  });

  it('holds handles and never tensors', () => {
    const row = { ...madeUpRun(1).messages[0]!, params: new Float32Array(2) } as unknown as MessageRow;
    assert.throws(() => messageLine(row), /typed array, expected its handle/);
  });
});

describe('the records of a run', () => {
  let parent = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'pwff-records-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  function write(folder: string): ReturnType<typeof madeUpRun> {
    const run = madeUpRun(3);
    const records = openRecords(folder);
    records.next({ type: 'manifest', manifest: run.manifest });
    run.metrics.forEach((row) => records.next({ type: 'row', row }));
    run.messages.forEach((row) => records.next({ type: 'message', row }));
    records.summary(run.summary);
    records.close();
    return run;
  }

  it('come back as they were written', async () => {
    const folder = join(parent, 'deep', 'run');
    const run = write(folder);
    assert.deepEqual(await readRun(folder), JSON.parse(JSON.stringify(run)));
  });

  it('are on disk after each closed round, without being closed', async () => {
    const folder = join(parent, 'run');
    const records = openRecords(folder);
    records.next({ type: 'message', row: madeUpRun(1).messages[0]! });
    records.next({ type: 'row', row: round });
    assert.equal((await readJsonLines(join(folder, 'metrics.jsonl'))).length, 1);
    assert.equal((await readJsonLines(join(folder, 'messages.jsonl'))).length, 1);
    records.close();
    records.close();
    assert.throws(() => records.next({ type: 'row', row: round }), /after the file was closed/);
  });

  it('take the place of an earlier run, and leave what is not theirs', () => {
    const folder = join(parent, 'run');
    write(folder);
    mkdirSync(join(folder, 'params'));
    writeFileSync(join(folder, 'params', 'a.safetensors'), '');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    openRecords(folder).close();
    assert.deepEqual(readdirSync(folder).sort(), ['messages.jsonl', 'metrics.jsonl', 'notes.txt']);
    assert.equal(readFileSync(join(folder, 'metrics.jsonl'), 'utf8'), '');
  });

  it('do not go into a folder of something else', () => {
    writeFileSync(join(parent, 'thesis.tex'), '');
    assert.throws(() => openRecords(parent), UserError);
    assert.ok(existsSync(join(parent, 'thesis.tex')));
    writeFileSync(join(parent, 'manifest.json'), '{ "name": "a web app" }');
    assert.throws(() => openRecords(parent), /not empty and not the folder of an earlier run/);
  });

  it('are refused where the summary is of another run than the rest', async () => {
    const folder = join(parent, 'run');
    const { summary } = write(folder);
    for (const [key, other] of Object.entries({
      seed: 99,
      method: 'fedada',
      scenario: 'x',
      backend: 'native',
    })) {
      writeFileSync(join(folder, 'summary.json'), JSON.stringify({ ...summary, [key]: other }));
      await assert.rejects(readRun(folder), (error) => {
        assert.ok(error instanceof UserError);
        const said = `/${key}: is ${JSON.stringify(other)}, expected `;
        return error.message.startsWith(`${join(folder, 'summary.json')}: ${said}`);
      });
    }
  });

  it('come to the figures that their rows have where there is no summary, and to no others', async () => {
    const folder = join(parent, 'run');
    const { summary, metrics } = write(folder);
    rmSync(join(folder, 'summary.json'));
    const read = await readRun(folder);
    assert.deepEqual(read.summary.messages, summary.messages);
    const last = ['client-1', 'client-2', 'client-3'].map((actor) =>
      metrics.find(
        (row) => row.type === 'client' && row.task === 'evaluate' && row.actor === actor && row.round === 8,
      ),
    );
    const accuracies = last.map((row) => (row as ClientRow).metrics['accuracy']!);
    assert.equal(read.summary.stages.instruction?.accuracy, accuracies.reduce((sum, one) => sum + one) / 3);
    assert.deepEqual([read.summary.traceHash, read.summary.wallSeconds], [null, null]);
    const text = await page(read);
    assert.match(text, /Partial: there is no summary\.json/);
    assert.doesNotMatch(text, /computed in|Trace <span/);
  });

  it('are read up to the last whole line of a killed run, and refused for any other wrong line', async () => {
    const path = join(parent, 'rows.jsonl');
    writeFileSync(path, '{"a":1}\n{"a":2}\n{"a":');
    assert.deepEqual(await readJsonLines(path), [{ a: 1 }, { a: 2 }]);
    writeFileSync(path, '{"a":1}\n{"a":\n{"a":3}\n');
    await assert.rejects(readJsonLines(path), /rows\.jsonl:2: is not JSON/);
  });
});

describe('the records of an earlier version', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A run's folder, written as it is after `age` has taken from its documents what did not exist then. */
  function write(age: (documents: Aged) => void): void {
    const documents = JSON.parse(JSON.stringify(madeUpRun(2))) as Aged;
    age(documents);
    const { manifest, summary, metrics, messages } = documents;
    for (const [name, document] of Object.entries({ manifest, summary })) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(document));
    }
    for (const [name, rows] of Object.entries({ metrics, messages })) {
      writeFileSync(join(folder, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  }

  it('are read with newer settings by their defaults, and the figures of the stages from the rows', async () => {
    write(({ manifest, summary }) => {
      delete manifest.scenario.alignment['collapse'];
      for (const name of ['collapse', 'klK1', 'distinct2']) delete summary.stages.alignment[name];
      delete summary.stages.instruction['factAccuracy'];
    });
    const read = await readRun(folder);
    assert.deepEqual(read.manifest.scenario, JSON.parse(JSON.stringify(madeUpRun(2).manifest.scenario)));
    const { collapse, klK1, clients } = read.summary.stages.alignment!;
    const last = read.metrics.flatMap((row) =>
      row.type === 'client' && row.task === 'score' && row.round === 8 ? [row.metrics['klK1']!] : [],
    );
    assert.equal(read.summary.stages.instruction!.heldOutLoss, 1);
    const facts = read.metrics.flatMap((row) =>
      row.type === 'client' && row.task === 'evaluate' && row.round === 8
        ? [row.metrics['factAccuracy']!]
        : [],
    );
    assert.equal(read.summary.stages.instruction!.factAccuracy, (facts[0]! + facts[1]!) / 2);
    assert.deepEqual(collapse, []);
    assert.equal(klK1, (last[0]! + last[1]!) / 2);
    assert.deepEqual([clients[0]!.weightHelpful, clients[0]!.weightHarmless], [0.75, 0.25]);
    assert.match(await page(read), /What each client asked for/);
  });

  it('have no way to a target accuracy, since their scenarios had none', async () => {
    write(({ summary }) => delete summary.stages.instruction['toTarget']);
    assert.equal((await readRun(folder)).summary.stages.instruction!.toTarget, null);
  });

  it('have no judges, since all methods trained both reward models: their losses are of both', async () => {
    write(({ manifest, summary }) => {
      delete (manifest as { judges?: unknown }).judges;
      delete (summary as { judges?: unknown }).judges;
      delete summary.stages.reward['heldOutLoss'];
    });
    const { summary } = await readRun(folder);
    assert.deepEqual(summary.judges, []);
    // 0.4 of helpfulness and 0.3 of harmlessness.
    assert.equal(summary.stages.reward!.heldOutLoss, 0.7);
  });

  it('are refused in one line where a message tells less than it does now, or a setting is gone', async () => {
    write(({ messages }) => delete messages[3]!['copyOf']);
    await assert.rejects(readRun(folder), {
      name: 'UserError',
      message:
        `${join(folder, 'messages.jsonl')}:4: has no "copyOf", expected a row as this version of pwff ` +
        'writes it; run the scenario again',
    });
    write(({ manifest }) => Object.assign(manifest.scenario.alignment, { alignmnt: 1 }));
    await assert.rejects(readRun(folder), {
      name: 'UserError',
      message:
        `${join(folder, 'manifest.json')}: /scenario/alignment/alignmnt: unknown key, expected a scenario of ` +
        'this version of pwff; run the scenario again',
    });
  });
});

/** Documents of a run, to be made poorer. */
interface Aged {
  readonly manifest: { readonly scenario: { readonly alignment: Record<string, unknown> } };
  readonly summary: { readonly stages: Readonly<Record<Stage, Record<string, unknown>>> };
  readonly metrics: readonly object[];
  readonly messages: readonly Record<string, unknown>[];
}

describe('the totals over messages', () => {
  it('count a copy as duplicated and delivered, not as sent, and its bits once', () => {
    const [first, second] = madeUpRun(1).messages as [MessageRow, MessageRow];
    const dropped = { ...second, outcome: 'dropped', reason: 'loss', airBits: 400_000, price: 2 } as const;
    const copy = { ...first, id: 9, copyOf: 0, airBits: 0, energyJoules: 0 };
    const totals = messageTotals([first, dropped, copy]);
    const energyJoules = first.energyJoules + second.energyJoules;
    assert.deepEqual(totals, {
      sent: 2,
      delivered: 2,
      dropped: 1,
      inFlight: 0,
      duplicated: 1,
      bits: 2 * 160_512,
      airBits: 160_512 + 400_000,
      energyJoules,
      price: 2,
    });
  });
});

describe('the trace hash', () => {
  it('is SHA-256 over the canonical lines, as sha256sum of a file of them', () => {
    const trace = new TraceHash();
    trace.add({ step: '1.3', actor: 'client-1' });
    trace.add({ b: [1, { d: null, c: 0.5 }], a: 2 });
    const lines = '{"actor":"client-1","step":"1.3"}\n{"a":2,"b":[1,{"c":0.5,"d":null}]}\n';
    assert.equal(trace.digest(), createHash('sha256').update(lines).digest('hex'));
  });

  it('does not depend on the order of keys, and does depend on the order of events', () => {
    const hashOf = (...events: object[]) => {
      const trace = new TraceHash();
      events.forEach((event) => trace.add(event));
      return trace.digest();
    };
    assert.equal(hashOf({ a: 1, b: 2 }), hashOf({ b: 2, a: 1 }));
    assert.notEqual(hashOf({ a: 1 }, { b: 2 }), hashOf({ b: 2 }, { a: 1 }));
  });

  it('can be asked for in between', () => {
    const trace = new TraceHash();
    const empty = trace.digest();
    trace.add({ a: 1 });
    assert.equal(empty, createHash('sha256').digest('hex'));
    assert.notEqual(trace.digest(), empty);
  });

  it('refuses a number that JSON has no word for', () => {
    assert.throws(() => new TraceHash().add({ loss: NaN }), /event 0\/loss: is NaN/);
  });
});
