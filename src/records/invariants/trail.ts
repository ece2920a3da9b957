import { nameOf } from '../../../machines/events.js';
import type { RunEvent } from '../run-event.js';
import type { MetricRow } from '../rows.js';

const kept = 20;

/** The last events of a run, each as a short line: no event outlives its turn for it. */
export class Trail {
  readonly #words: string[] = [];
  readonly #atSeconds: number[] = [];
  #count = 0;
  #nowSeconds = 0;

  /** What the actors do and the clock's ticks are left out: causes and effects of them are events too. */
  add(event: RunEvent): void {
    if (event.type === 'clock') this.#nowSeconds = event.virtualSeconds;
    const what = wordsOf(event);
    if (what === null) return;
    const place = this.#count++ % kept;
    this.#words[place] = what;
    this.#atSeconds[place] = this.#nowSeconds;
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    const from = this.#count % kept;
    const lines = this.#words.map((what, place) => `${this.#atSeconds[place]!.toFixed(6)} s  ${what}`);
    return this.#count <= kept ? lines : [...lines.slice(from), ...lines.slice(0, from)];
  }
}

function wordsOf(event: RunEvent): string | null {
  switch (event.type) {
    case 'row':
      return rowWords(event.row);
    case 'bus': {
      const { phase, envelope } = event.event;
      const { kind, stage, round } = nameOf(envelope.message);
      const name = `message ${envelope.id} (${kind}, ${stage} round ${round})`;
      return `${name} from ${envelope.from} to ${envelope.to}: ${phase}`;
    }
    case 'message-ended':
      return `message ${event.row.id} has ended: ${event.row.outcome}`;
    case 'task-started':
    case 'task-finished':
    case 'task-dropped':
      return `${event.type}: ${event.task} of ${event.actor}, ${event.stage} round ${event.round}`;
    case 'aggregate':
      return `aggregate of ${event.updates.map(({ from, kind }) => `${from}'s ${kind}`).join(', ') || 'nothing'}`;
    case 'published':
      return `server has ${event.stage} version ${event.version}, by ${event.by}`;
    case 'heeded':
      return `server ${event.isTaken ? 'counts' : 'leaves out'} ${event.from}'s ${event.kind}`;
    case 'weights':
      return `weights of ${event.part}, ${event.stage} round ${event.round}`;
    case 'kept':
      return `${event.actor} keeps what it has by ${event.change.by}`;
    case 'charge':
      return `${event.actor} has ${event.joules} J`;
    case 'band':
      return `band of the ${event.direction} up to ${event.given.toSeconds} s`;
    case 'params':
      return `a task gave ${event.set.kind}`;
    case 'manifest':
    case 'message':
    case 'try-failed':
    case 'actor':
    case 'actor-registered':
    case 'clock':
      return null;
  }
}

function rowWords(row: MetricRow): string {
  let what = `${'actor' in row ? row.actor : 'server'} ${row.type}`;
  if ('step' in row) what += ` Step ${row.step}`;
  if ('task' in row) what += ` ${row.task}`;
  if ('stage' in row) what += ` ${row.stage}`;
  if ('round' in row) what += ` round ${row.round}`;
  if (row.type === 'presence') what += ` ${row.on ? 'on' : 'off'} (${row.cause})`;
  return what;
}
