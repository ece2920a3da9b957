import { main } from '../../src/cli/program.js';
import { ending, fakeServices, progress, summaryOf } from './fake-services.js';
import { openRecords } from '../../src/records/records.js';
import { madeUpRun } from '../records/report/made-up-run.js';

/*
 * A command whose run lasts until Ctrl-C, for cli.test.ts to start and to stop. "deaf" as last argument: the
 * run takes no notice of the first Ctrl-C.
 */
const deaf = process.argv.at(-1) === 'deaf';
const keepAlive = setInterval(() => {}, 1000);

const services = fakeServices({
  runScenario: (options) =>
    new Promise((resolve) => {
      const { manifest } = madeUpRun(2);
      openRecords(options.outFolder).close();
      for (const observer of options.observers ?? []) observer.next({ type: 'manifest', manifest });
      options.onProgress?.(progress(2));
      process.stdout.write('under way\n');
      options.signal?.addEventListener('abort', () => {
        if (!deaf) resolve(ending(options, summaryOf(options, { reason: 'interrupted' })));
      });
    }),
});
process.exitCode = await main(process.argv.slice(2, deaf ? -1 : undefined), services, {
  out: process.stdout,
  err: process.stderr,
});
clearInterval(keepAlive);
