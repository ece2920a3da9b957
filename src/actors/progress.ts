import type { clientMachine } from '../../machines/client.js';
import type { ActorRefFrom } from 'xstate';
import type { Progress } from '../records/progress.js';
import type { ClientRow, MetricRow, RoundRow } from '../records/rows.js';
import type { Written } from '../records/summarize.js';
import type { Simulation } from '../simulate.js';
import { pathOf } from './waiting.js';
import type { World } from './world.js';

/** A picture of the run at this moment, for people who watch it. */
export function progressOf(
  world: World,
  simulation: Simulation,
  { metrics, messages }: Omit<Written, 'clients'>,
): Progress {
  const step = metrics.findLast((row) => row.type === 'step');
  const round = metrics.findLast((row): row is RoundRow => row.type === 'round');
  const ids = simulation.getSnapshot().context.clients;
  const figure = (task: string, name: string) => newestMean(metrics, ids, task, name);
  return {
    stage: round?.stage ?? null,
    step: step?.step ?? '',
    round: step?.round ?? 0,
    closedRound: round?.round ?? null,
    virtualSeconds: world.clock.nowSeconds,
    clients: ids.map((id) => {
      const client = simulation.system.get(id) as ActorRefFrom<typeof clientMachine> | undefined;
      return { id, doing: client ? pathOf(client.getSnapshot().value) : 'done' };
    }),
    accuracy: figure('evaluate', 'accuracy'),
    reward: figure('score', 'reward'),
    loss: round?.loss ?? null,
    delaySeconds: round?.delaySeconds ?? null,
    messages: messages.length,
    tasks: metrics.filter(({ type }) => type === 'client').length,
  };
}

/** Mean over the clients of each one's newest figure; null as long as nobody has it. */
function newestMean(metrics: readonly MetricRow[], clients: readonly string[], task: string, name: string) {
  const newest = clients.flatMap((id) => {
    const row = metrics.findLast(
      (one): one is ClientRow => one.type === 'client' && one.task === task && one.actor === id,
    );
    const value = row?.metrics[name] ?? null;
    return value === null ? [] : [value];
  });
  return newest.length === 0 ? null : newest.reduce((sum, value) => sum + value, 0) / newest.length;
}
