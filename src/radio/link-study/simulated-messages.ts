import { attemptsAt, type Attempt } from '../channel/attempts.js';
import { steadyDopplerHz } from '../channel/gain-paths/doppler.js';
import { arrivalFaults } from '../channel/faults/faults.js';
import { burstSeconds } from '../channel/losses/gilbert-elliott.js';
import { stream } from '../../simulation/random/stream.js';
import { proportion, quantile, Tally, type Estimate } from './estimate.js';
import { studiedMessages } from './studied-message.js';
import type { Subject } from './subject.js';

/** From the first bit to the arrival of the last, of the messages that arrived; nulls where none did. */
export interface DelayFigures {
  readonly mean: number | null;
  readonly sd: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Messages with everything that the scenario says. */
export interface SimulatedMessages {
  /** How many were sent. */
  readonly messages: number;
  readonly delaySeconds: DelayFigures;
  readonly delay: Estimate | null;
  /** Counted for each message, arrived or not. */
  readonly energy: Estimate | null;
  readonly energyJoules: number;
  readonly attempts: Estimate | null;
  /** Share of the messages that arrived. */
  readonly delivered: Estimate;
  /** How many attempts lost packets, by reason. */
  readonly losses: Readonly<Partial<Record<NonNullable<Attempt['lost']>, number>>>;
}

/** Blocks walked through, of about 0.25 microseconds each: a bound on the work. */
const defaultMostBlocks = 8e6;
/** What an attempt costs besides, in blocks. */
const attemptWork = 30;
/** The mean work of a message is known after so many. */
const pilots = 20;

/**
 * Sends up to so many messages of `bits`, each with draws of its own; fewer where they would take more than
 * `mostBlocks`. How many follows from the first twenty alone, so that long messages are not rarer among
 * those simulated. `fluidSeconds`: what a message takes about.
 */
export function simulateMessages(
  subject: Subject,
  bits: number,
  messages: number,
  fluidSeconds: number,
  mostBlocks = defaultMostBlocks,
): SimulatedMessages {
  const { link, group } = subject;
  const message = studiedMessages[link.direction];
  const startOf = starts(subject, messages, fluidSeconds);
  const [delay, energy, attempts] = [new Tally(), new Tally(), new Tally()];
  const delays: number[] = [];
  const losses: Partial<Record<NonNullable<Attempt['lost']>, number>> = {};
  let sent = 0;
  let work = 0;
  let spentJoules = 0;
  for (let most = messages; sent < most && (sent < 2 || work < mostBlocks);) {
    const keyed = { ...message, round: ++sent };
    const startSeconds = startOf(sent);
    const story = attemptsAt(bits, link, keyed, startSeconds, group);
    for (const attempt of story) {
      work += workOf(attempt, subject);
      if (attempt.lost !== null) losses[attempt.lost] = (losses[attempt.lost] ?? 0) + 1;
    }
    const arrivalSeconds = arrivalOf(story);
    if (arrivalSeconds !== null) {
      const scene = { ...link, ...keyed, link: link.id };
      const late = arrivalFaults(link.faults, scene, arrivalSeconds).delaySeconds;
      delay.add(arrivalSeconds - startSeconds + late);
      delays.push(arrivalSeconds - startSeconds + late);
    }
    const joules = story.reduce((sum, { energyJoules }) => sum + energyJoules, 0);
    energy.add(joules);
    spentJoules += joules;
    attempts.add(story.length);
    if (sent === pilots) most = Math.min(messages, Math.floor((mostBlocks / work) * pilots));
  }
  return {
    messages: sent,
    delaySeconds: delayFigures(delays, delay),
    delay: delay.estimate,
    energy: energy.estimate,
    energyJoules: spentJoules / sent,
    attempts: attempts.estimate,
    delivered: proportion(delays.length, sent),
    losses,
  };
}

/** Blocks that were walked through, each receiver's, and what comes up to them. */
function workOf({ blocks, packets }: Attempt, { link, group }: Subject): number {
  const walked = link.moments === null || group.length > 1 ? blocks : Math.min(blocks, link.moments().walked);
  return walked * group.length + packets + attemptWork;
}

function delayFigures(delays: readonly number[], tally: Tally): DelayFigures {
  const sorted = Float64Array.from(delays).sort();
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  return {
    mean: delays.length === 0 ? null : mean,
    sd: delays.length < 2 ? null : tally.standardDeviation,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
  };
}

function arrivalOf(story: readonly Attempt[]): number | null {
  const last = story.find(({ arrives }) => arrives);
  return last === undefined ? null : last.atSeconds + last.seconds;
}

/**
 * When each message begins: far apart, at a drawn place of equal spans, which within a cell make up the virtual
 * time of a run.
 */
function starts(
  { scenario, link }: Subject,
  messages: number,
  fluidSeconds: number,
): (message: number) => number {
  const { seed, channel, limits } = scenario;
  const bursts =
    channel.gilbertElliott === null ? null : burstSeconds(channel.gilbertElliott, steadyDopplerHz(channel));
  const memorySeconds = bursts === null ? 0 : 100 * (bursts.goodSeconds + bursts.badSeconds);
  const apart = 1e4 * link.coherenceSeconds + Math.min(fluidSeconds, link.maxAttemptSeconds) + memorySeconds;
  const span = link.snr.constant ? apart : Math.min(apart, limits.virtualSeconds / messages);
  return (message) => (message - 1 + stream(seed, 'link-study', link.id, 'start', message).uniform()) * span;
}
