import { createInterface } from 'node:readline';
import { Claims } from '../../src/study/claims.js';

/*
 * A process that claims all of some runs, for claims.test.ts: `claimant.js <folder> <run>…`. It says "ready", waits for a
 * line, names each run that it has got, says "through", and keeps its claims until its input ends.
 */
const [folder = '', ...runs] = process.argv.slice(2);
const claims = new Claims(folder);
process.stdout.write('ready\n');
const lines = createInterface(process.stdin);
lines.once('line', () => {
  const won = runs.filter((id) => claims.take(id) !== null);
  process.stdout.write(`${[...won, 'through'].join('\n')}\n`);
});
