import type { AnyStateMachine } from 'xstate';
import { UserError } from '../errors.js';
import { whyUnreadable } from '../scenario/file.js';
import { importModule } from '../script/import-module.js';
import { nearest } from '../settings/nearest.js';
import { isOwnMachine, ownMachines } from './own-machines.js';

/**
 * A machine of our own by its name, or of a user's file: the one that it exports, or the export of that name.
 *
 * @throws UserError where there is no such file or export, or several machines and no name.
 */
export async function loadMachine(path: string, name: string | undefined): Promise<AnyStateMachine> {
  if (isOwnMachine(path)) {
    if (name === undefined) return ownMachines[path];
    throw new UserError(
      `--export ${name}: is for a file with several machines, ${path} is one; leave it out`,
    );
  }
  const why = await whyUnreadable(path);
  if (why !== null) throw new UserError(`${path}: ${why}, expected ${expected}${advice(path)}`);
  return pick(path, machinesOf(await importModule(path, { default: false })), name);
}

const expected = `one of ${Object.keys(ownMachines).join(', ')}, or a file that exports an XState machine`;

function advice(path: string): string {
  const [meant] = nearest(path, Object.keys(ownMachines));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function pick(
  path: string,
  machines: ReadonlyMap<string, AnyStateMachine>,
  name: string | undefined,
): AnyStateMachine {
  const names = [...machines.keys()].join(', ');
  if (machines.size === 0) throw new UserError(`${path}: exports no machine, expected one of XState 5`);
  const [only] = machines.values();
  if (name === undefined && machines.size === 1) return only!;
  const found = machines.get(name ?? '');
  if (found !== undefined) return found;
  const is = name === undefined ? 'exports several machines' : `exports no machine "${name}"`;
  throw new UserError(`${path}: ${is}, expected --export with one of ${names}`);
}

/** The machines among a module's exports; one that has two names goes by the first. */
function machinesOf(module: unknown): ReadonlyMap<string, AnyStateMachine> {
  const found = new Map<string, AnyStateMachine>();
  for (const [name, value] of Object.entries(module as object)) {
    if (isMachine(value) && ![...found.values()].includes(value)) found.set(name, value);
  }
  return found;
}

/** By its looks: a user's file may have another copy of XState than ours. */
function isMachine(value: unknown): value is AnyStateMachine {
  return (
    typeof value === 'object' &&
    value !== null &&
    'getStateNodeById' in value &&
    'root' in value &&
    'provide' in value
  );
}
