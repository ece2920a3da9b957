import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { madeUpRun } from '../records/report/made-up-run.js';
import { ending, fakeServices } from './fake-services.js';
import { writeMadeUpRun } from './written-run.js';

describe('the records of a run on the command line', () => {
  let folder = '';
  let run = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-trace-'));
    run = join(folder, 'run');
    writeMadeUpRun(run);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function pwff(...args: string[]) {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const code = await main(args, fakeServices(), { out, err });
    const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
    return { code, out: textOf(out), err: textOf(err) };
  }

  it('are told by trace, in the order of time, as far as they are asked for', async () => {
    const { code, out } = await pwff(
      'trace',
      run,
      '--client',
      '2',
      '--stage',
      'instruction',
      'round:1',
      'update',
      'arrives',
    );

    assert.equal(code, 0);
    assert.match(
      out,
      /^ +[\d.]+ s {2}message \d+, update of round 1, client-2 → server: arrives after [^\n]*\n$/,
    );
  });

  it('are not told where nothing matches, which is said', async () => {
    const { code, out, err } = await pwff('trace', run, '--client', '1', 'nowhere');

    assert.deepEqual([code, out, err], [0, '', `pwff: nothing in ${run} matches client:1 nowhere\n`]);
  });

  it('are refused to who asks for a client that the run has not, in one line and with 2', async () => {
    const { code, out, err } = await pwff('trace', run, '--client', '99');

    const expected = `client client-99: is not in ${run}, expected "client-1", "client-2", "client-3", "server"\n`;
    assert.deepEqual([code, out, err], [2, '', expected]);
  });

  it('are refused to a query that is none, and where there are none, in one line and with 2', async () => {
    const wrong = await pwff('trace', run, '--step', '7');
    const missing = await pwff('trace', join(folder, 'nothing'));

    assert.deepEqual(
      [wrong.code, wrong.err],
      [2, 'step:7: is "7", expected a step of the paper, "1.1" to "3.5"\n'],
    );
    assert.equal(missing.code, 2);
    assert.match(missing.err, /^[^\n]*nothing[^\n]*\n$/);
  });

  it('are written by export for viewers of trace events', async () => {
    const file = join(folder, 'events.json');

    const { code, out } = await pwff('export', run, '--trace-events', file);

    assert.deepEqual([code, out], [0, `Trace events: ${file}\n`]);
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: { ph: string }[] };
    assert.ok(traceEvents.some(({ ph }) => ph === 'X'));
  });

  it('are written for them as a run ends, too; where they cannot be, the run stays and the command fails', async () => {
    const [file, nowhere] = [join(folder, 'run.json'), join(folder, 'no', 'where.json')];
    const services = fakeServices({
      runScenario: (options) => {
        writeMadeUpRun(options.outFolder);
        return ending(options, madeUpRun(3).summary);
      },
    });
    const runTo = async (traceFile: string, out: string) => {
      const streams = { out: new PassThrough(), err: new PassThrough() };
      const args = ['run', 'tiny', '--quiet', '--out', join(folder, out), '--trace-events', traceFile];
      return { code: await main(args, services, streams), err: String(streams.err.read() ?? '') };
    };

    assert.deepEqual(await runTo(file, 'first'), { code: 0, err: '' });
    assert.ok(existsSync(file));
    const failed = await runTo(nowhere, 'second');
    assert.equal(failed.code, 1);
    assert.match(failed.err, /^pwff: --trace-events: [^\n]*where.json cannot be written[^\n]*\n$/);
  });

  it('are not written for TensorBoard without the library that writes it, nor for nobody, nor anywhere', async () => {
    const board = await pwff('export', run, '--tensorboard', join(folder, 'board'));
    const nobody = await pwff('export', run);
    const nowhere = await pwff('export', run, '--trace-events', join(folder, 'no', 'where.json'));

    assert.deepEqual([board.code, nobody.code, nowhere.code], [2, 2, 2]);
    assert.match(board.err, /^--tensorboard: [^\n]*; pwff native builds it\n$/);
    assert.ok(!existsSync(join(folder, 'board')));
    assert.match(nobody.err, /^pwff export: is given nothing to write[^\n]*\n$/);
    assert.match(nowhere.err, /^--trace-events: [^\n]*where.json cannot be written[^\n]*\n$/);
  });
});
