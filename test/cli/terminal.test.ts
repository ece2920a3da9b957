import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { cut, unbroken, widthOf, wrapped } from '../../src/cli/line-width.js';
import { main } from '../../src/cli/program.js';
import { abilitiesOf } from '../../src/cli/terminal.js';
import { fakeServices } from './fake-services.js';

type Size = { readonly columns?: number; readonly rows?: number };

const terminal = (size: Size = { columns: 120, rows: 30 }) =>
  Object.assign(new PassThrough(), { isTTY: true }, size);

const widest = (text: string) => Math.max(...text.split('\n').map(widthOf));

/** What a command writes to a terminal of this size, with these variables and none else that count. */
async function written(
  args: readonly string[],
  size: Size,
  environment: Record<string, string>,
): Promise<string> {
  const out = terminal(size);
  const { TERM, CI, NO_COLOR } = process.env;
  setVariables(environment);
  try {
    await main(args, fakeServices(), { out, err: new PassThrough() });
  } finally {
    setVariables({ TERM, CI, NO_COLOR });
  }
  return ((out.read() as Buffer | null) ?? '').toString();
}

/** Sets those that count; in the process's own environment, which native libraries read. */
function setVariables(values: Readonly<Record<string, string | undefined>>): void {
  for (const name of ['TERM', 'CI', 'NO_COLOR']) {
    const value = values[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

describe('what a stream can do', () => {
  it('is everything on a terminal, and nothing in a file, whose lines have no end', () => {
    assert.deepEqual(abilitiesOf(terminal(), { TERM: 'xterm' }), {
      colours: true,
      redraw: true,
      columns: 120,
    });
    assert.deepEqual(abilitiesOf(new PassThrough(), { TERM: 'xterm' }), {
      colours: false,
      redraw: false,
      columns: Infinity,
    });
  });

  for (const [name, environment] of [
    ['TERM=dumb', { TERM: 'dumb' }],
    ['CI=true', { TERM: 'xterm', CI: 'true' }],
  ] as const) {
    it(`is neither colours nor drawing over with ${name}`, () => {
      const { colours, redraw, columns } = abilitiesOf(terminal(), environment);
      assert.deepEqual([colours, redraw, columns], [false, false, 120]);
    });
  }

  it('is all but colours with NO_COLOR, unless that is empty', () => {
    assert.equal(abilitiesOf(terminal(), { NO_COLOR: '1' }).colours, false);
    assert.equal(abilitiesOf(terminal(), { NO_COLOR: '1' }).redraw, true);
    assert.equal(abilitiesOf(terminal(), { NO_COLOR: '' }).colours, true);
    assert.equal(abilitiesOf(terminal(), { CI: 'false' }).colours, true);
  });

  it('is 80 columns, never drawn over, where a terminal tells no size', () => {
    for (const size of [{}, { columns: 0, rows: 0 }]) {
      const { redraw, columns } = abilitiesOf(terminal(size), {});
      assert.deepEqual([redraw, columns], [false, 80]);
    }
  });
});

describe('a run on a terminal', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-terminal-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const run = (size: Size, environment: Record<string, string>) =>
    written(['run', 'tiny', '--out', join(folder, 'run')], size, environment);
  const large = { columns: 120, rows: 30 };

  it('is drawn live and in colours', async () => {
    const text = await run(large, { TERM: 'xterm' });
    assert.match(text, /\u001b\[1m/);
    assert.match(text, /\u001b\[2K/);
    assert.match(text, /client-1 {2}tuning/);
  });

  it('is drawn live without colours with NO_COLOR', async () => {
    const text = await run(large, { TERM: 'xterm', NO_COLOR: '1' });
    assert.doesNotMatch(text, /\u001b\[\d+m/);
    assert.match(text, /\u001b\[2K/);
  });

  for (const environment of [{ TERM: 'dumb' }, { TERM: 'xterm', CI: '1' }]) {
    it(`is plain lines without any escape sequence with ${JSON.stringify(environment)}`, async () => {
      const text = await run(large, environment);
      assert.doesNotMatch(text, /\u001b/);
      assert.match(text, /^instruction tuning 1\/2 .*delay 1\.5 s/m);
    });
  }

  it('is not empty where the terminal says that it has no columns', async () => {
    const text = await run({ columns: 0, rows: 0 }, { TERM: 'xterm' });
    assert.match(text, /^instruction tuning 1\/2 .*\n {2}delay 1\.5 s/m);
    assert.match(text, /Rounds +.*8/);
  });

  it('loses no figure of a closed round, and breaks no table, in 40 columns', async () => {
    for (const environment of [{ TERM: 'dumb' }, { TERM: 'xterm', NO_COLOR: '1' }]) {
      const text = await run({ columns: 40, rows: 30 }, environment);
      assert.match(
        text,
        /instruction tuning 1\/2 .*\n {2}accuracy 52\.0 % {2}reported loss 1\n {2}delay 1\.5 s/,
      );
      assert.doesNotMatch(text, /─/);
      assert.match(text, /^Instruction tuning\n {2}Rounds; end 8$/m);
      const table = text.slice(text.indexOf('Instruction tuning\n'), text.indexOf('Fairness'));
      assert.ok(widest(table) <= 40, table);
    }
  });
});

describe('the other tables', () => {
  for (const args of [
    ['payload'],
    ['link', '--messages', '2', '--draws', '100'],
    ['run', '--help'],
  ] as const) {
    it(`keep to the width of the terminal: pwff ${args[0]}${args[1] === '--help' ? ' --help' : ''}`, async () => {
      for (const columns of args[1] === '--help' ? [80, 120] : [40, 80, 120]) {
        const text = await written(args, { columns, rows: 30 }, { TERM: 'dumb' });
        assert.ok(widest(text) <= columns, text);
      }
      const unknown = await written(args, { columns: 0, rows: 0 }, { TERM: 'dumb' });
      assert.ok(widest(unknown) > 40 && widest(unknown) <= 80, unknown);
    });
  }

  it('tell at 40 columns what they tell at 120', async () => {
    const narrow = await written(['payload'], { columns: 40, rows: 30 }, { TERM: 'dumb' });
    assert.match(
      narrow.replace(/\n {4}/g, ' '),
      /^1\.3\n {2}message update; link up; carries adapters; parameters 580,968; Mbit 18\.591; seconds 10\.834; joules 10\.834$/m,
    );
  });
});

describe('a line', () => {
  it('is cut by what is seen of it', () => {
    assert.equal(cut('\u001b[1mabc\u001b[22mdef', 4), '\u001b[1mabc\u001b[22md');
  });

  it('is broken between words, its columns kept where it is not', () => {
    assert.deepEqual(wrapped('one  two three', 80), ['one  two three']);
    assert.deepEqual(wrapped('one  two three', 8, '  '), ['one  two', '  three']);
    assert.deepEqual(wrapped(`end ${unbroken('50.0 %')}`, 8), ['end', '50.0 %']);
    assert.deepEqual(wrapped('  incomprehensibilities', 8, '    '), ['  incomprehensibilities']);
  });
});
