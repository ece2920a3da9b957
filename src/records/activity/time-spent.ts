import { timeSpentSentence } from '../report/time-spent.js';
import type { TimeSpent } from '../summary.js';
import { common, disjoint, layered, secondsOf, takesTime } from './layers.js';
import { criticalOf } from './critical.js';
import type { Course } from './course.js';
import { courseOf } from './lanes.js';
import { MissingAnswers, shortAnswers } from './missing.js';
import type { VersionSpan } from './versions.js';
import { ActivityWindow } from './window.js';
import type { ActivityKind, ActivityRow, ActivityRows, Claim, SentMessage } from './activity.js';

type About = Pick<ActivityRows, 'clients' | 'scenario'>;

/** The figure that an activity of the client that a round hung on counts to. */
const figures = {
  training: 'trainingSeconds',
  'on-the-air': 'onAirSeconds',
  'waits-for-link': 'linkSeconds',
  blackout: 'blackoutSeconds',
  off: 'offSeconds',
  'waits-for-deadline': 'deadlineSeconds',
  'waits-for-others': 'othersSeconds',
  aggregating: 'othersSeconds',
} as const satisfies Record<ActivityKind, keyof TimeSpent>;

type Seconds = Readonly<Record<(typeof figures)[ActivityKind] | 'restSeconds', number>>;

const nothing: Seconds = {
  trainingSeconds: 0,
  onAirSeconds: 0,
  linkSeconds: 0,
  blackoutSeconds: 0,
  offSeconds: 0,
  deadlineSeconds: 0,
  othersSeconds: 0,
  restSeconds: 0,
};

/**
 * Where the virtual time of a run went. Each round is what the client did whose message closed it, from the
 * download to the update's arrival; then comes waiting, for the deadline where that closed the round. What came
 * after the last round that was closed is the rest. The figures sum up to the seconds of the run.
 *
 * Whenever the rows at hand have doubled, it counts the rounds that no later row can change, and forgets what they are
 * made of.
 */
export class TimeSpentSum {
  readonly #about: About;
  readonly #leastRows: number;
  readonly #window = new ActivityWindow();
  readonly #missing = new MissingAnswers();
  #seconds = nothing;
  #rowsUntilCount: number;

  /** It gathers `leastRows` at least before it counts. */
  constructor(about: About, leastRows = 4096) {
    this.#about = about;
    this.#leastRows = leastRows;
    this.#rowsUntilCount = leastRows;
  }

  metric(row: ActivityRow): void {
    this.#window.metric(row);
    this.#heard();
  }

  message(row: SentMessage): void {
    this.#window.message(row);
    this.#missing.hear(row);
    this.#heard();
  }

  get rowsHeld(): number {
    return this.#window.size;
  }

  /** Of a run of so many seconds, all of whose rows have come. */
  upTo(endSeconds: number): TimeSpent {
    const { seconds, short } = this.#counted(endSeconds, () => true);
    const spent = { ...seconds, missing: this.#missing.with(short) };
    return { ...spent, sentence: timeSpentSentence(spent) };
  }

  #heard(): void {
    if (--this.#rowsUntilCount > 0) return;
    const known = this.#window.knownSeconds;
    if (this.#window.hasClosedBefore(known)) this.#count(known);
    this.#rowsUntilCount = Math.max(this.#leastRows, this.#window.size);
  }

  #count(knownSeconds: number): void {
    const isKnown = ({ closedBy, toSeconds }: VersionSpan) => closedBy !== null && toSeconds < knownSeconds;
    const { seconds, short, versions } = this.#counted(knownSeconds, isKnown);
    this.#seconds = seconds;
    this.#missing.add(short);
    this.#window.forget(versions.length);
  }

  /** The sums with those versions that are not counted yet, up to a time. */
  #counted(endSeconds: number, isCounted: (version: VersionSpan) => boolean) {
    const rows = this.#window.rows({ ...this.#about, endSeconds });
    const course = courseOf(rows);
    const versions = course.versions.slice(this.#window.countedRounds).filter(isCounted);
    const partsOf = partsOfRounds(course);
    const seconds = { ...this.#seconds };
    for (const version of versions) {
      if (version.closedBy === null) seconds.restSeconds += secondsOf(version);
      else for (const part of partsOf(version)) seconds[figures[part.kind]] += secondsOf(part);
    }
    return { seconds, versions, short: shortAnswers(versions, rows.messages, course) };
  }
}

/** Of rows that are at hand. */
export function timeSpent({ metrics, messages, endSeconds, ...about }: ActivityRows): TimeSpent {
  const sum = new TimeSpentSum(about);
  for (const row of metrics) sum.metric(row);
  for (const row of messages) sum.message(row);
  return sum.upTo(endSeconds);
}

/** A round in pieces that lie end to end. */
function partsOfRounds(course: Course): (version: VersionSpan) => Claim[] {
  const lanes = new Map(course.lanes.map((lane) => [lane.actor, lane]));
  const critical = criticalOf(course);
  return (version) => {
    const { stage, round, closedBy, fromSeconds, toSeconds } = version;
    const about = { stage, round, step: null, message: null, faults: [] };
    const last = critical(version);
    const untilSeconds = Math.max(fromSeconds, last?.endSeconds ?? fromSeconds);
    const wait: Claim = {
      kind: closedBy === 'deadline' ? 'waits-for-deadline' : 'waits-for-others',
      ...about,
      fromSeconds: untilSeconds,
      toSeconds,
    };
    if (last === null) return [wait].filter(takesTime);
    const hung = { fromSeconds, toSeconds: untilSeconds };
    const within = (claims: readonly Claim[]) =>
      disjoint(claims.map((claim) => common(claim, hung)).filter(takesTime));
    const lane = lanes.get(last.client)!.during(hung);
    return [...layered([...last.layers, lane].map(within)), wait].filter(takesTime);
  };
}
