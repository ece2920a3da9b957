import { readFile, writeFile } from 'node:fs/promises';
import { drawn } from '../charts/drawn.js';
import { chartOf } from '../charts/graph.js';
import { loadMachine } from '../charts/load-machine.js';
import { mermaidOf } from '../charts/mermaid.js';
import { isOwnMachine, ownMachines, pictureFile } from '../charts/own-machines.js';
import { isSystemError, UserError } from '../errors.js';
import { exit, type ExitCode } from './exit.js';
import { line, paintFor, type Terminal } from './terminal.js';

export interface MachinesCommandOptions {
  readonly format: 'svg' | 'mermaid' | 'json';
  /** Which export of a file that has several machines. */
  readonly export?: string;
  readonly out?: string;
}

/**
 * `pwff machines`: a statechart as a picture or as text; without a name, which there are. The pictures of our
 * own come with the package; those of others are laid out by elkjs.
 */
export async function machinesCommand(
  path: string | undefined,
  options: MachinesCommandOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  if (path === undefined) {
    for (const text of listed(paintFor(out))) line(out, text);
    return exit.ok;
  }
  const text = await textOf(path, options);
  if (options.out === undefined) out.write(text);
  else await write(options.out, text);
  return exit.ok;
}

function listed(paint: ReturnType<typeof paintFor>): readonly string[] {
  return Object.entries(ownMachines).map(
    ([name, { root }]) => `${paint('bold', name.padEnd(10))}  ${root.description}`,
  );
}

async function textOf(path: string, options: MachinesCommandOptions): Promise<string> {
  const machine = await loadMachine(path, options.export);
  switch (options.format) {
    case 'svg':
      return isOwnMachine(path) ? readFile(pictureFile(path), 'utf8') : drawn(machine);
    case 'mermaid':
      return mermaidOf(chartOf(machine));
    case 'json':
      return `${JSON.stringify(chartOf(machine), null, 2)}\n`;
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`--out ${file}: cannot be written (${error.message}), expected a file`);
  }
}
