import { join } from 'node:path';
import {
  airMachine,
  cellMachine,
  channelMachine,
  clientMachine,
  serverMachine,
  simulationMachine,
} from '../../machines/index.js';
import { packageRoot } from '../paths.js';

/** The machines of a run, by the names of their files. */
export const ownMachines = {
  server: serverMachine,
  client: clientMachine,
  channel: channelMachine,
  cell: cellMachine,
  air: airMachine,
  simulation: simulationMachine,
} as const;

export type OwnMachine = keyof typeof ownMachines;

export function isOwnMachine(name: string): name is OwnMachine {
  return Object.hasOwn(ownMachines, name);
}

/** Where its picture stands, which `npm run machines` draws. */
export function pictureFile(name: OwnMachine): string {
  return join(packageRoot(), 'docs', 'machines', `${name}.svg`);
}
