import type { Stage } from '../../../machines/protocol.js';
import { least } from '../../extremes.js';
import type { ScriptRow } from '../rows.js';
import type { ActivityRow, ActivityRows, ClosedRound, SentMessage, Turn } from './activity.js';
import { Turns } from './turns.js';
import { isArrival, isDown, isTurn } from './work.js';

/**
 * The rows of a run that say who did what from some time on, where all before it is counted: who reads a run row by row
 * holds these. Rows of metrics.jsonl come in the order of time, those of messages.jsonl when their message has
 * ended and the fate of its update is known; how the two files are mixed makes no difference to what is known.
 */
export class ActivityWindow {
  #rounds: ClosedRound[] = [];
  readonly #scripts: ScriptRow[] = [];
  readonly #turns = new Map<string, Turns>();
  #messages: SentMessage[] = [];
  /** The first message of each link, by which links are in order. */
  readonly #links = new Map<string, number>();
  /** Ids of messages that have ended, above the last one before which all have. */
  readonly #ended = new Map<number, number>();
  #allEndedUpTo = 0;
  /** When that last one was sent. */
  #sentSeconds = -Infinity;
  #toldSeconds = -Infinity;
  /** The last round of each stage that is counted. */
  readonly #counted = new Map<Stage, number>();

  metric(row: ActivityRow): void {
    this.#toldSeconds = row.virtualSeconds ?? this.#toldSeconds;
    if (row.type === 'round') this.#rounds.push(closedRound(row));
    else if (row.type === 'script') this.#scripts.push(row);
    else if (isTurn(row)) this.#turnsOf(row.actor).add(turn(row));
  }

  message(row: SentMessage): void {
    if (row.copyOf === null) this.#keep(sentMessage(row));
    if (row.endedVirtualSeconds === null) return;
    this.#ended.set(row.id, row.sentVirtualSeconds);
    for (let next; (next = this.#ended.get(this.#allEndedUpTo + 1)) !== undefined;) {
      this.#sentSeconds = next;
      this.#ended.delete(++this.#allEndedUpTo);
    }
  }

  /** How many rows it holds. */
  get size(): number {
    const turns = [...this.#turns.values()].reduce((count, { all }) => count + all.length, 0);
    return this.#rounds.length + this.#scripts.length + turns + this.#messages.length;
  }

  /**
   * No row that is to come changes what was before this time: all messages that were sent before it have ended, and
   * nobody's work can still turn out to have been dropped before it.
   */
  get knownSeconds(): number {
    const heard = this.#messages.map((row) => {
      const since = isArrival(row) ? (this.#turns.get(row.to)?.atWorkSince ?? null) : null;
      return since !== null && row.endedVirtualSeconds! > since ? row.endedVirtualSeconds! : Infinity;
    });
    return Math.min(this.#sentSeconds, this.#toldSeconds, least(heard));
  }

  /** Of the rounds that it holds, how many are counted: they come first. */
  get countedRounds(): 0 | 1 {
    return this.#counted.size === 0 ? 0 : 1;
  }

  rows(about: Pick<ActivityRows, 'clients' | 'scenario' | 'endSeconds'>): ActivityRows {
    const turns = [...this.#turns.values()].flatMap(({ all }) => all);
    return { ...about, metrics: [...this.#rounds, ...this.#scripts, ...turns], messages: this.#messages };
  }

  hasClosedBefore(seconds: number): boolean {
    const next = this.#rounds[this.countedRounds];
    return next !== undefined && next.virtualSeconds < seconds;
  }

  /** So many more of its rounds are counted: leaves what says something of the time after the last of them. */
  forget(rounds: number): void {
    const counted = this.#rounds.slice(0, this.countedRounds + rounds);
    const last = counted.at(-1);
    if (last === undefined || rounds === 0) return;
    for (const { stage, round } of counted) this.#counted.set(stage, round);
    this.#rounds = this.#rounds.slice(counted.length - 1);
    for (const turns of this.#turns.values()) turns.forgetBefore(last.virtualSeconds);
    this.#messages = this.#messages.filter((row) => this.#counts(row, last.virtualSeconds));
  }

  #keep(row: SentMessage): void {
    this.#messages.push(row);
    const link = linkOf(row);
    this.#links.set(link, Math.min(row.id, this.#links.get(link) ?? Infinity));
  }

  #counts(row: SentMessage, afterSeconds: number): boolean {
    const { endedVirtualSeconds: end } = row;
    if (end === null || end >= afterSeconds) return true;
    if (this.#links.get(linkOf(row)) === row.id) return true;
    if (!isDown(row)) return this.#isOpen(row.stage, row.round) || this.#isOpen(row.stage, row.aggregatedIn);
    const work = isArrival(row) ? (this.#turns.get(row.to)?.workSpan ?? null) : null;
    return work !== null && end > work.fromSeconds && end <= work.toSeconds;
  }

  #isOpen(stage: Stage, round: number | null): boolean {
    return round !== null && round > (this.#counted.get(stage) ?? -1);
  }

  #turnsOf(actor: string): Turns {
    const turns = this.#turns.get(actor) ?? new Turns();
    this.#turns.set(actor, turns);
    return turns;
  }
}

const linkOf = ({ from, to }: Pick<SentMessage, 'from' | 'to'>) => `${from} ${to}`;

/*
 * Of each row, what of it is needed: a run may hold many for a while. Written out, so that all have one shape.
 */

function turn(row: Turn): Turn {
  if (row.type !== 'client') return row;
  const { type, stage, round, actor, virtualSeconds, task } = row;
  return { type, stage, round, actor, virtualSeconds, task };
}

function closedRound(row: ClosedRound): ClosedRound {
  const { type, stage, round, virtualSeconds, verdict, closedBy, members } = row;
  return { type, stage, round, virtualSeconds, verdict, closedBy, members };
}

const none: readonly string[] = [];

function sentMessage(row: SentMessage): SentMessage {
  return {
    id: row.id,
    copyOf: row.copyOf,
    from: row.from,
    to: row.to,
    kind: row.kind,
    step: row.step,
    stage: row.stage,
    round: row.round,
    attempts: row.attempts,
    outcome: row.outcome,
    onAirSeconds: row.onAirSeconds,
    sentVirtualSeconds: row.sentVirtualSeconds,
    endedVirtualSeconds: row.endedVirtualSeconds,
    blackoutSeconds: row.blackoutSeconds,
    blackouts: row.blackouts.length === 0 ? none : row.blackouts,
    aggregatedIn: row.aggregatedIn,
    ...(row.partial && { partial: row.partial }),
    ...(row.story && { story: row.story.map(({ atSeconds, seconds }) => ({ atSeconds, seconds })) }),
  };
}
