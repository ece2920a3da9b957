import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import { resolveScenario } from '../../src/scenario/validate.js';

interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** Runs Node beside the tests. */
function node(args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd });
    let out = '';
    child.stdout.on('data', (text) => (out += String(text)));
    child.stderr.on('data', (text) => (out += String(text)));
    child.on('close', (code) => done({ code, out }));
  });
}

const cli = join(packageRoot(), 'dist/src/cli.js');
const cookbook = readFileSync(join(packageRoot(), 'docs/scenarios.md'), 'utf8');

/** The code blocks of a language, each with the heading that it stands under. */
function blocks(language: string): { title: string; code: string }[] {
  return cookbook.split(/^## /m).flatMap((section) => {
    const title = section.split('\n')[0]!;
    const found = section.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'));
    return [...found].map(([, code]) => ({ title, code: code! }));
  });
}

describe('the cookbook of docs/scenarios.md', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-cookbook-'))));
  after(() => rmSync(folder, { recursive: true }));

  const scenarios = blocks('ts').filter(({ code }) => code.includes('export default'));

  it('has a page for each family', () => assert.equal(scenarios.length, 8));

  for (const [index, { title, code }] of scenarios.entries()) {
    it(`"${title}" runs as it stands, outside of the package, and what it expects holds`, async () => {
      const file = join(folder, `page-${index}.ts`);
      writeFileSync(file, code);
      const ran = await node([cli, 'run', file, '--check', '--out', join(folder, String(index))], folder);
      assert.equal(ran.code, 0, ran.out);
    });
  }

  it('follows a run from a program', async () => {
    const { code } = blocks('ts').find(({ code }) => code.includes('startScenario('))!;
    const index = join(packageRoot(), 'dist/src/index.js');
    writeFileSync(join(folder, 'program.mjs'), code.replace("from 'pwff'", `from ${JSON.stringify(index)}`));
    const ran = await node([join(folder, 'program.mjs')], folder);
    assert.equal(
      ran.out,
      'instruction 3\n'.repeat(2) + 'reward 3\n'.repeat(2) + 'alignment 3\n'.repeat(2) + 'finished\n',
    );
  });

  it('is right to a TypeScript compiler, which refuses a setting that there is not', async () => {
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    symlinkSync(packageRoot(), join(modules, 'pwff'));
    for (const name of ['@types', 'typebox']) {
      symlinkSync(join(packageRoot(), 'node_modules', name), join(modules, name));
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    blocks('ts').forEach(({ code }, index) => writeFileSync(join(folder, `types-${index}.ts`), code));
    const wrong = "import { defineScenario } from 'pwff';\ndefineScenario({ server: { quorums: 1 } });\n";
    writeFileSync(join(folder, 'wrong.ts'), wrong);
    copyFileSync(join(packageRoot(), 'scenarios/scripted.ts'), join(folder, 'types-scripted.ts'));
    const options = {
      strict: true,
      target: 'es2022',
      module: 'nodenext',
      noEmit: true,
      types: ['node'],
      skipLibCheck: true,
    };
    const include = ['types-*.ts', 'wrong.ts'];
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include }));
    const { out } = await node(
      [join(packageRoot(), 'node_modules/typescript/bin/tsc'), '-p', folder],
      folder,
    );
    assert.match(out, /^wrong\.ts\(2,28\): error TS\d+: .*'quorums' does not exist/);
    assert.doesNotMatch(out, /types-/);
  });

  it('says the same in JSON', () => {
    const { code } = blocks('json')[0]!;
    const { timeline, expectations } = resolveScenario({ name: 'a', ...(JSON.parse(code) as object) });
    assert.deepEqual([timeline.length, expectations.length], [2, 1]);
  });
});

describe('pwff run with a script', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-script-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (text: string, ...options: readonly string[]) => {
    writeFileSync(join(folder, 'mine.ts'), text);
    return node([cli, 'run', 'mine.ts', '--out', 'out', ...options], folder);
  };
  const broken = `import { defineScenario, entersStep, never } from 'pwff';
    export default defineScenario({ extends: 'tiny', name: 'broken', learning: 'stub',
      expectations: [never(entersStep('client-2', '2.3'), 'nobody learns rewards')] });`;

  it('names a broken expectation with the row that broke it, and fails with --check alone', async () => {
    const lenient = await run(broken, '--quiet');
    assert.equal(lenient.code, 0, lenient.out);
    const strict = await run(broken, '--quiet', '--check');
    assert.equal(strict.code, 1, strict.out);
    assert.match(
      strict.out,
      /^pwff: \/expectations\/0: nobody learns rewards: it happened, by \{"type":"step","step":"2\.3","actor":"client-2",/m,
    );
    const summary = JSON.parse(readFileSync(join(folder, 'out/summary.json'), 'utf8')) as {
      checks: object[];
    };
    assert.equal(summary.checks.length, 1);
  });

  const wrong: Readonly<Record<string, readonly [text: string, line: RegExp]>> = {
    'does not parse': ['export default {', /^mine\.ts: cannot be loaded \(ParseError/],
    'imports what is not there': [
      'import "./none.js"; export default {}',
      /^mine\.ts: cannot be loaded \(Cannot find/,
    ],
    throws: ['throw new Error("mine own"); export default {}', /^mine\.ts: cannot be loaded \(mine own\)/],
    'exports no scenario': [
      'export default 3',
      /^mine\.ts: its default export is number, expected a scenario/,
    ],
    'misspells a setting': ['export default { name: "a", sever: {} }', /^mine\.ts: \/sever: unknown key/],
    'names a client that is not there': [
      'export default { name: "a", clients: { count: 2 }, timeline: [{ atSeconds: 1, do: [{ action: "leave", client: "client-3" }] }] }',
      /^mine\.ts: \/timeline\/0\/do\/0\/client: is "client-3", expected a client from client-1 to client-2/,
    ],
  };
  for (const [fault, [text, line]] of Object.entries(wrong)) {
    it(`refuses a file that ${fault} in one line, with exit code 2`, async () => {
      const { code, out } = await run(text);
      assert.match(out, line);
      assert.equal(out.trimEnd().split('\n').length, 1, out);
      assert.equal(code, 2);
    });
  }

  it('merges what it extends key by key, and replaces lists', async () => {
    writeFileSync(
      join(folder, 'base.json'),
      JSON.stringify({
        name: 'base',
        clients: { count: 2 },
        data: { examplesPerClient: 30 },
        instruction: { maxRounds: 1 },
      }),
    );
    const { code, out } = await run(
      'export default { extends: "./base.json", name: "over", learning: "stub", stages: ["instruction"], clients: { devices: [{ gigaflopsPerSecond: 5, share: 1 }] } }',
      '--quiet',
    );
    assert.equal(code, 0, out);
    const { scenario, scriptHash } = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8')) as {
      scenario: {
        name: string;
        clients: { count: number; devices: object[] };
        instruction: { maxRounds: number };
      };
      scriptHash: string;
    };
    assert.deepEqual(
      [
        scenario.name,
        scenario.clients.count,
        scenario.clients.devices.length,
        scenario.instruction.maxRounds,
      ],
      ['over', 2, 1, 1],
    );
    assert.match(scriptHash, /^[0-9a-f]{64}$/);
  });
});
