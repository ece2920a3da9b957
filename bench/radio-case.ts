import { createInterface } from 'node:readline';
import { attemptsAt } from '../src/radio/channel/attempts.js';
import { linksOf, type Link } from '../src/radio/channel/link.js';
import { clientIds } from '../src/learning/data/client-ids.js';
import { Cell } from '../src/radio/cell/cell.js';
import type { Scenario } from '../src/scenario/schema.js';
import { resolveScenario } from '../src/scenario/validate.js';
import { settings } from './radio-settings.js';

/*
 * The radio as a process: it answers the name of a setting on stdin with the nanoseconds that one of its
 * blocks took; "short" and "long" are messages of a thousand and of sixty thousand blocks (nanoseconds per
 * block), and "shortcut" one of a billion (nanoseconds in all). "cellLinks" is making the links of 10,000 clients,
 * "cellRound" a message down and one up on each of them, "cellScheduled" one up by each of 1,000 on one band
 * (nanoseconds in all).
 */

let messages = 0;

function linkOf(channel: Partial<Scenario['channel']>): Link {
  return linksOf(resolveScenario({ name: 'bench', channel }), ['client-1'])[0]!;
}

/** Sends messages of so many bits for a tenth of a second or more. */
function nanosecondsABlock(link: Link, bits: number): number {
  const startedAt = performance.now();
  let blocks = 0;
  do {
    messages += 1;
    const attempts = attemptsAt(bits, link, messageOf(messages), messages * 1000);
    for (const attempt of attempts) blocks += attempt.blocks;
  } while (performance.now() - startedAt < 100);
  return ((performance.now() - startedAt) * 1e6) / blocks;
}

const messageOf = (round: number) => ({ kind: 'update', step: '1.3', stage: 'instruction', round }) as const;

const perMessage = 584_000;

function linksOfMany(count: number, channel: Partial<Scenario['channel']> = {}): readonly Link[] {
  const clients = { count, weightHarmless: 'uniform' as const };
  return linksOf(resolveScenario({ name: 'bench', channel, clients }), clientIds(count));
}

const cell = linksOfMany(10_000);
const scheduled = linksOfMany(1_000, { uplink: { sharing: 'equal' } as Scenario['channel']['uplink'] });

/** Each sends one message over the band that all share, from the same moment on, until the last has ended. */
function sendAtOnce(uplinks: readonly Link[], startSeconds: number): void {
  const band = new Cell(uplinks[0]!.sharedBand!);
  for (const link of uplinks) {
    band.begin({ link, message: messageOf(messages), bits: perMessage, number: 1 }, startSeconds);
  }
  while (band.links.length > 0) {
    band.lookAhead();
    band.arrive();
  }
}

function timed(does: () => void): number {
  const startedAt = performance.now();
  messages += 1;
  does();
  return (performance.now() - startedAt) * 1e6;
}

const links = new Map(Object.entries(settings).map(([name, channel]) => [name, linkOf(channel)]));
const paper = linkOf({});
const bitsABlock = paper.moments!().meanBits;
const commands: Readonly<Record<string, () => number>> = {
  short: () => nanosecondsABlock(paper, 1_000 * bitsABlock),
  long: () => nanosecondsABlock(paper, 60_000 * bitsABlock),
  shortcut: () =>
    timed(() => {
      const patient = { ...paper, maxAttemptSeconds: 1e12 };
      const [attempt] = attemptsAt(1e9 * bitsABlock, patient, messageOf(messages), 0);
      if (attempt?.acknowledged !== true) throw new Error('the message of a billion blocks did not arrive');
    }),
  cellLinks: () => timed(() => linksOfMany(10_000)),
  cellRound: () =>
    timed(() => {
      for (const link of cell) attemptsAt(perMessage, link, messageOf(messages), messages * 1000);
    }),
  cellScheduled: () =>
    timed(() =>
      sendAtOnce(
        scheduled.filter(({ direction }) => direction === 'uplink'),
        messages * 1000,
      ),
    ),
};

process.stdout.write('ready\n');
for await (const command of createInterface({ input: process.stdin })) {
  const link = links.get(command);
  const answer = link ? nanosecondsABlock(link, 18_590_976) : commands[command]!();
  process.stdout.write(`${answer}\n`);
}
