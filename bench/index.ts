import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { Child } from './child.js';
import { limitsOf, machineOf, machineText } from './machine.js';
import { settings } from './radio-settings.js';
import { scaleFigures } from './scale/index.js';
import { sizes, tokensOf, type Size } from './sizes.js';

/*
 * How fast the radio is, what many clients cost (`scale`; `--rounds` of each, 10 if absent), and the learning core beside PyTorch and beside its own backend's matrix products:
 *
 *     npm run bench -- --only train.tiny --json bench.json
 *
 * Every case is a process of its own; those that are compared take turns, and a figure is the median of its
 * repeats. Other work on the machine disturbs the times more than their ratios.
 */

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    /** The most that libraries may use of the processor: all, or avx2. */
    instructions: { type: 'string', default: 'all' },
    rounds: { type: 'string', default: '10' },
  },
});
const limits = limitsOf[options.instructions];
if (!limits) throw new Error(`--instructions: expected ${Object.keys(limitsOf).join(' or ')}`);
// Before any case starts: they are processes, and have it from here.
Object.assign(process.env, limits);
const libraries = new Map<string, string>();
const repeats = Number(options.repeats);
const figures: Record<string, number> = {};
const backends = ['native', 'wasm'] as const;

/** True where a figure of this name, or one below it, is asked for. */
function asked(name: string): boolean {
  return name.startsWith(options.only) || options.only.startsWith(`${name}.`) || options.only === name;
}

const python = process.env['PWFF_PYTHON'] ?? 'python3';
const torch = sizes.some(({ name }) => asked(`train.${name}`)) && hasTorch();

function hasTorch(): boolean {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`PyTorch is left out: ${python} cannot import torch (PWFF_PYTHON names another Python)`);
    return false;
  }
}

async function torchCase(size: Size, threads: number): Promise<Child> {
  const script = fileURLToPath(new URL('../../bench/peers/torch_case.py', import.meta.url));
  return heard('PyTorch', new Child(python, [script, JSON.stringify({ ...size, threads })]));
}

/** A case that has started, once it has said what it is made of. */
async function heard(name: string, child: Child): Promise<Child> {
  libraries.set(name, (JSON.parse(await child.line()) as { readonly said: string }).said);
  return child;
}

/**
 * A case of ours with one thread to compute; null, with the reason printed, where the backend does not start.
 */
async function ourCase(size: Size, backend: string): Promise<Child | null> {
  const script = fileURLToPath(new URL('./case.js', import.meta.url));
  const child = new Child(process.execPath, [script, JSON.stringify({ size, backend })]);
  try {
    return await heard(backend, child);
  } catch (error) {
    console.log(`${backend} is left out: ${(error as Error).message}`);
    return null;
  }
}

type Question = readonly [child: Child, command: string];

const questions = (child: Child, ...commands: readonly string[]) =>
  commands.map((command): Question => [child, command]);

/** Long enough for the engine to have compiled what it runs often; a study takes thousands of steps. */
const warmUpMs = 3000;

/** The median answer to each question, asked in turn after a warm-up of each. */
async function medians(questions: readonly Question[]): Promise<number[]> {
  for (const [child, command] of questions) {
    const end = performance.now() + warmUpMs;
    do await child.ask(command);
    while (performance.now() < end);
  }
  const answers = questions.map((): number[] => []);
  for (let round = 0; round < repeats; round++) {
    for (const [i, [child, command]] of questions.entries()) answers[i]!.push(await child.ask(command));
  }
  return answers.map((times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!);
}

async function trainAndForward(size: Size): Promise<void> {
  const own = backends.filter((backend) => asked(`train.${size.name}.${backend}`));
  if (own.length === 0) return;
  const peers = new Map<string, Child>();
  if (torch) {
    for (const [name, threads] of Object.entries({ one: 1, all: availableParallelism() })) {
      peers.set(name, await torchCase(size, threads));
    }
  }
  const cases = new Map<string, Child>();
  for (const backend of own) {
    const child = await ourCase(size, backend);
    if (!child) continue;
    cases.set(backend, child);
    await child.ask('step');
    figures[`memory.${size.name}.${backend}.gigabytes`] = (await child.ask('memory')) / 1e9;
  }
  const times = await medians([
    ...[...peers.values()].flatMap((child) => questions(child, 'step', 'forward')),
    ...[...cases.values()].flatMap((child) => questions(child, 'step', 'forward', 'products')),
  ]);
  const tokens = tokensOf(size);
  for (const name of peers.keys()) {
    const [stepMs, forwardMs] = times.splice(0, 2) as [number, number];
    figures[`torch.${size.name}.${name}.stepMs`] = stepMs;
    figures[`torch.${size.name}.${name}.forwardMs`] = forwardMs;
    figures[`torch.${size.name}.${name}.tokensPerSecond`] = (1000 * tokens) / stepMs;
  }
  for (const backend of cases.keys()) {
    const [stepMs, forwardMs, productsMs] = times.splice(0, 3) as [number, number, number];
    const name = `train.${size.name}.${backend}`;
    figures[`${name}.stepMs`] = stepMs;
    figures[`${name}.tokensPerSecond`] = (1000 * tokens) / stepMs;
    figures[`${name}.matmulEfficiency`] = productsMs / stepMs;
    const peer = figures[`torch.${size.name}.one.stepMs`];
    if (peer !== undefined) figures[`${name}.ratioToTorch`] = peer / stepMs;
    figures[`forward.${size.name}.${backend}.ms`] = forwardMs;
  }
  for (const child of [...peers.values(), ...cases.values()]) child.close();
}

/**
 * Asks a case of ours about two commands and notes their medians and the ratio of the first to the second.
 */
async function compare(
  size: Size,
  topic: string,
  slow: string,
  fast: string,
  on: readonly string[] = backends,
): Promise<void> {
  for (const backend of on) {
    const name = `${topic}.${size.name}.${backend}`;
    const child = asked(name) ? await ourCase(size, backend) : null;
    if (!child) continue;
    const [slowMs, fastMs] = (await medians(questions(child, slow, fast))) as [number, number];
    figures[`${name}.${slow}Ms`] = slowMs;
    figures[`${name}.${fast}Ms`] = fastMs;
    figures[`${name}.ratio`] = slowMs / fastMs;
    child.close();
  }
}

/** Blocks per second on one core, whether a message costs in proportion to them, what the shortcut saves. */
async function radio(): Promise<void> {
  const own = Object.keys(settings).filter((name) => asked(`radio.${name}`));
  const wantsScaling = asked('radio.scaling');
  const ofCell = ['cellLinks', 'cellRound', 'cellScheduled'].filter((name) => asked(`radio.${name}`));
  if (own.length === 0 && ofCell.length === 0 && !wantsScaling) return;
  const child = new Child(process.execPath, [fileURLToPath(new URL('./radio-case.js', import.meta.url))]);
  await child.line();
  const scaling = wantsScaling ? ['short', 'long', 'shortcut'] : [];
  const times = await medians(questions(child, ...own, ...ofCell, ...scaling));
  child.close();
  for (const name of own) figures[`radio.${name}.blocksPerSecond`] = 1e9 / times.shift()!;
  for (const name of ofCell) figures[`radio.${name}.seconds`] = times.shift()! / 1e9;
  if (!wantsScaling) return;
  const [short, long, shortcut] = times as [number, number, number];
  figures['radio.scaling.costABlockLongToShort'] = long / short;
  figures['radio.scaling.longWayToShortcut'] = (1e9 * long) / shortcut;
}

await radio();
Object.assign(figures, await scaleFigures({ asked, python, repeats, rounds: Number(options.rounds) }));
for (const size of sizes) {
  await trainAndForward(size);
  await compare(size, 'generate', 'uncached', 'cached');
  await compare(size, 'products', 'xnnpackProducts', 'products', ['wasm']);
  await compare(size, 'reading', 'twoPasses', 'onePass');
  await compare(size, 'token', 'tokenAfter512', 'tokenAfter32');
  await compare(size, 'workers', 'oneWorker', 'twoWorkers');
}

const table = new Table({
  head: ['figure', 'median'],
  style: { head: [], border: [] },
  colAligns: ['left', 'right'],
});
for (const [name, value] of Object.entries(figures)) {
  table.push([name, value >= 100 ? value.toFixed(0) : value.toFixed(3)]);
}
const machine = machineOf(limits, libraries);
console.log(machineText(machine));
console.log(table.toString());
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
}
