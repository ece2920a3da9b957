import type { Stage } from '../../machines/protocol.js';
import type { History, Member, Report } from '../../machines/server.js';

/** Of a client that was asked for nothing yet. */
export const newcomer: History = {
  version: null,
  loss: null,
  seconds: null,
  reports: [],
  orders: 0,
  asked: [],
  failures: 0,
};

/** A client's history in a stage, where its newest order is of it (alignment's come before it opens). */
export function historyIn(stage: Stage, { order, history }: Member): History {
  return order?.stage === stage ? history : newcomer;
}

/** With an update that came in; a version's second one, of the other reward model, takes the first one's place. */
export function reported(history: History, report: Report): History {
  const others = history.reports.filter(({ version }) => version !== report.version);
  return { ...history, ...report, reports: [...others, report] };
}
