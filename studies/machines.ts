import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { drawn } from '../src/charts/drawn.js';
import { ownMachines, pictureFile, type OwnMachine } from '../src/charts/own-machines.js';

/*
 * Draws the pictures of our own machines anew, after a change to one:
 *
 *     npm run machines
 */

for (const name of Object.keys(ownMachines) as OwnMachine[]) {
  const file = pictureFile(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await drawn(ownMachines[name]));
}
