import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkplace, stub, type Workplace } from './sweeping.js';

describe('pwff replay and pwff diff', function () {
  this.timeout(120e3);
  let place: Workplace & { close(): void };
  const at = (name: string) => join(place.folder, name);
  before(async () => {
    place = openWorkplace();
    for (const [name, seed] of [
      ['one', '1'],
      ['same', '1'],
      ['other', '2'],
      ['changed', '1'],
      ['failed', '1'],
      ['watched', '1'],
    ]) {
      const run = await place.pwff('run', 'tiny', ...stub, '--seed', seed!, '--out', at(name!), '--quiet');
      assert.equal(run.status, 0, run.stderr);
    }
  });
  after(() => place.close());

  /** Changes the last row that has this in it, as a fault of the machine would. */
  function tamper(folder: string, file: string, from: RegExp, to: string): void {
    const path = join(folder, file);
    const lines = readFileSync(path, 'utf8').split('\n');
    const last = lines.findLastIndex((line) => from.test(line));
    lines[last] = lines[last]!.replace(from, to);
    writeFileSync(path, lines.join('\n'));
  }

  it('find nothing where there is nothing, exit code 0', async () => {
    const compared = await place.pwff('diff', at('one'), at('same'));
    assert.deepEqual([compared.status, compared.stderr], [0, '']);
    assert.match(compared.stdout, /^Equal: \d+ rows, \d+ events of actors\.\n$/);
    const again = await place.pwff('replay', at('one'));
    assert.deepEqual([again.status, again.stderr], [0, '']);
    const equal = /^Equal: .*$/m;
    assert.equal(equal.exec(again.stdout)![0], equal.exec(compared.stdout)![0]);
  });

  it('name the first row that differs, its key, both values, and what happened around it; exit code 1', async () => {
    const { status, stdout } = await place.pwff('diff', at('one'), at('other'));
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^The first difference is in (metrics|messages)\.jsonl, row \d+, \/\w+, at [\d.]+ s:\n/,
    );
    assert.match(stdout, /Around it in .*one:\n +[\d.]+ s {2}/);
    assert.match(stdout, /Around it in .*other:\n +[\d.]+ s {2}/);
  });

  it('find one altered digit of a record, by replay too, which stops there', async () => {
    tamper(at('changed'), 'messages.jsonl', /"energyJoules":(\d)/, '"energyJoules":9$1');
    for (const command of [
      ['diff', at('changed'), at('one')],
      ['replay', at('changed')],
    ]) {
      const { status, stdout } = await place.pwff(...command, '--json');
      const found = JSON.parse(stdout) as { equal: boolean; difference: Record<string, unknown> };
      assert.deepEqual([status, found.equal], [1, false]);
      assert.equal(found.difference.pointer, '/energyJoules');
      assert.match(String(found.difference.a), /^9/);
    }
  });

  it('find one event of an actor that was another, where all rows are equal', async () => {
    tamper(at('watched'), 'inspection.jsonl', /"state":"waiting"/, '"state":"receiving"');
    for (const command of [
      ['diff', at('watched'), at('one')],
      ['replay', at('watched')],
    ]) {
      const { status, stdout } = await place.pwff(...command);
      assert.equal(status, 1);
      assert.match(stdout, /in inspection\.jsonl, row \d+, \/\S*state \(client-\d, [^)]+\), at [\d.]+ s:\n/);
      assert.match(stdout, /: "receiving"\n.*: "waiting"\n/);
    }
  });

  it('find rows that are missing', async () => {
    const path = join(at('same'), 'metrics.jsonl');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(path, `${lines.slice(0, -3).join('\n')}\n`);
    for (const command of [
      ['diff', at('same'), at('one')],
      ['replay', at('same')],
    ]) {
      const { status, stdout } = await place.pwff(...command);
      assert.equal(status, 1);
      assert.match(stdout, /: nothing\n/);
    }
  });

  it('hold a run that failed, as for a full disk, to the rows that it has', async () => {
    for (const file of ['metrics.jsonl', 'messages.jsonl', 'inspection.jsonl']) {
      const path = join(at('failed'), file);
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      writeFileSync(path, `${lines.slice(0, -5).join('\n')}\n`);
    }
    const path = join(at('failed'), 'summary.json');
    const summary = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(
      path,
      JSON.stringify({ ...summary, ended: { reason: 'failed', cause: 'the disk was full' } }),
    );
    const { status, stdout } = await place.pwff('replay', at('failed'));
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^Equal as far as the records of a run that was cut short go: \d+ rows, \d+ events of actors\.$/m,
    );
    tamper(at('failed'), 'messages.jsonl', /"energyJoules":(\d)/, '"energyJoules":9$1');
    assert.equal((await place.pwff('replay', at('failed'))).status, 1);
  });

  it('refuse, in one line, a run whose manifest says too little to make it again', async () => {
    tamper(at('other'), 'manifest.json', /"folder": .*$/, '"was": 1,');
    const { status, stderr } = await place.pwff('replay', at('other'));
    assert.equal(status, 2);
    assert.match(
      stderr,
      /manifest\.json: has no folder, expected one of this version; run its scenario anew\n$/,
    );
  });
});
