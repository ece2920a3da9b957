import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Chart } from '../../src/charts/chart.js';
import { main } from '../../src/cli/program.js';
import { packageRoot } from '../../src/paths.js';
import { fakeServices } from './fake-services.js';

async function machines(...args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(['machines', ...args], fakeServices(), { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err) };
}

const light = `import { createMachine } from 'xstate';
const name: string = 'light';
export const light = createMachine({ id: name, initial: 'off', states: { off: { on: { flip: 'on' } }, on: {} } });
`;

describe('pwff machines', () => {
  let root = '';
  const file = (name: string, text: string) => {
    const path = join(root, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pwff-machines-'));
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(packageRoot(), 'node_modules', 'xstate'), join(root, 'node_modules', 'xstate'));
  });
  after(() => rmSync(root, { recursive: true }));

  it('names each chart, a line each, where none is asked for', async () => {
    const { code, out, err } = await machines();
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)[0]),
      ['server', 'client', 'channel', 'cell', 'air', 'simulation'],
    );
    assert.match(out, /^client +Trains on its own data and shares only what the method shares$/m);
  });

  const steps = {
    server: ['1.1', '1.4', '1.5', '2.1', '2.4', '2.5', '3.4', '3.5'],
    client: ['1.2', '1.3', '2.2', '2.3', '3.1', '3.2', '3.3'],
  };
  for (const [name, its] of Object.entries(steps)) {
    for (const format of ['svg', 'mermaid', 'json']) {
      it(`prints the ${name} as ${format}, with the text of its steps`, async () => {
        const { code, out, err } = await machines(name, '--format', format);
        assert.deepEqual([code, err], [0, '']);
        for (const step of its) assert.ok(out.includes(`Step ${step}: `), step);
      });
    }
  }

  it('prints the picture that comes with the package, where no format is named', async () => {
    const { out } = await machines('channel');
    assert.equal(out, readFileSync(join(packageRoot(), 'docs/machines/channel.svg'), 'utf8'));
  });

  it('draws the machine of a user’s TypeScript file, and writes it where --out says', async () => {
    const path = file('light.ts', light);
    const out = join(root, 'light.svg');
    assert.deepEqual(await machines(path, '--out', out), { code: 0, out: '', err: '' });
    assert.match(readFileSync(out, 'utf8'), /^<svg [^]*data-transition="light\.off\|flip\|0"[^]*<\/svg>\n$/);
  });

  it('draws the machines that another file takes from pwff/machines', async () => {
    const path = file('ours.ts', `export { channelMachine as default } from 'pwff/machines';\n`);
    const { code, out } = await machines(path, '--format', 'json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as Chart).id, 'channel');
  });

  it('takes the machine that --export names of a file with several', async () => {
    const path = file('two.ts', `${light}export const other = createMachine({ id: 'other' });\n`);
    const { out } = await machines(path, '--format', 'json', '--export', 'other');
    assert.equal((JSON.parse(out) as Chart).id, 'other');
    const unnamed = await machines(path);
    assert.deepEqual(unnamed, {
      code: 2,
      out: '',
      err: `${path}: exports several machines, expected --export with one of light, other\n`,
    });
    const { err } = await machines(path, '--export', 'third');
    assert.equal(err, `${path}: exports no machine "third", expected --export with one of light, other\n`);
  });

  it('ends with 2 and one line for a name that is not known', async () => {
    assert.deepEqual(await machines('clinet'), {
      code: 2,
      out: '',
      err:
        'clinet: does not exist, expected one of server, client, channel, cell, air, simulation, or a file that exports an ' +
        'XState machine; did you mean client?\n',
    });
  });

  it('ends with 2 and one line for a file that exports no machine, or cannot be loaded', async () => {
    const none = await machines(file('none.ts', 'export const machine = 1;\n'));
    assert.equal(none.code, 2);
    assert.match(none.err, /^[^\n]*none\.ts: exports no machine, expected [^\n]*\n$/);
    const broken = await machines(file('broken.ts', 'export const = 1;\n'));
    assert.equal(broken.code, 2);
    assert.match(broken.err, /^[^\n]*broken\.ts: cannot be loaded \([^\n]*\n$/);
  });

  it('ends with 2 and one line for a format that is not known, a place that cannot be written, a needless name', async () => {
    for (const [args, line] of [
      [['client', '--format', 'png'], /^--format: is "png", expected one of "svg", "mermaid", "json"/],
      [['client', '--out', join(root, 'no', 'x.svg')], /^--out [^\n]*x\.svg: cannot be written \(/],
      [['client', '--export', 'a'], /^--export a: is for a file with several machines, client is one/],
    ] as const) {
      const { code, err } = await machines(...args);
      assert.equal(code, 2);
      assert.match(err, line);
      assert.equal(err.trimEnd().split('\n').length, 1);
    }
  });
});
