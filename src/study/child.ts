import { UserError } from '../errors.js';
import { openExecutor } from '../run/executors.js';
import { runScenario, type RunResult } from '../run/run.js';
import { endedSentence } from '../records/report/ended.js';
import { loadBase } from './base.js';
import type { FromChild, RunAnswer, RunOrder, ToChild } from './child-run.js';
import { idOf } from './plan.js';

/*
 * A process that does runs of a study, one after another, as its parent tells it. It ends with its parent, and leaves
 * the signals of a terminal or a cluster to it.
 */

let stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToChild) => {
  if (message.type === 'stop') return stop.abort();
  stop = new AbortController();
  void answerTo(message.order, stop.signal).then((answer) => tell({ type: 'answer', answer }));
});

const tell = (message: FromChild) => void process.send?.(message);

async function answerTo(order: RunOrder, signal: AbortSignal): Promise<RunAnswer> {
  const startedAt = performance.now();
  const failed = (message: string): RunAnswer => ({ outcome: 'failed', message, seconds: seconds() });
  const seconds = () => (performance.now() - startedAt) / 1e3;
  try {
    const ended = await result(order, signal);
    if (ended.ended.reason === 'interrupted') return { outcome: 'interrupted' };
    const message = whatIsWrong(ended);
    return message === null ? { outcome: 'done', seconds: seconds() } : failed(message);
  } catch (error) {
    return signal.aborted ? { outcome: 'interrupted' } : failed(causeOf(error));
  }
}

async function result(order: RunOrder, signal: AbortSignal): Promise<RunResult> {
  const { base, set, seed, id, outFolder, backend, executor } = order;
  const loaded = await loadBase(base, { set, seed, option: 'study' });
  const { scenario, folder, script } = loaded;
  if (idOf(loaded, order) !== id) {
    throw new UserError('the scenario has changed since the study began; start it again');
  }
  const workers = Math.min(order.workers, scenario.clients.count);
  const say = (note: string) => tell({ type: 'note', note });
  const settings = { workers, backend, fleet: scenario.limits.fleet, say, signal };
  return runScenario({
    ...{ scenario, folder, script, outFolder, workers, backend, signal },
    resume: 'may',
    ...(executor && { executor: () => openExecutor(executor, settings) }),
  });
}

/** Null where the run came to an ordinary end and all of its records are written. */
function whatIsWrong({ ended, unwritten }: RunResult): string | null {
  if (ended.reason === 'failed') return ended.cause;
  if (ended.reason === 'deadlock') return 'stands still for ever, its summary says who waits';
  if (ended.reason === 'livelock') return endedSentence(ended);
  const [missing] = unwritten;
  return missing === undefined ? null : `${missing.file} is not written (${missing.cause})`;
}

/** Of a defect the place too. */
function causeOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return error.stack?.split('\n').slice(0, 2).join(' ') ?? error.message;
}
