import { objectives, perObjective, type Objective, type PerObjective } from '../objective.js';
import { UserError } from '../../errors.js';
import { stream } from '../../simulation/random/stream.js';
import type { Dealing } from './settings.js';
import type { PreferencePair, Split, ThreeWaySplit } from './types.js';

type Pairs = readonly PreferencePair[];

/** With fewer pairs of an objective a client could not train, validate and be tested. */
const fewestPairs = 3;

/**
 * Deals finite pairs evenly to the clients, in a random order keyed by (seed, objective): `pairsPerClient`
 * each, or as many as there are; a sixth of them validates and a sixth tests. They are split by
 * {@link conversationOf}: what validates, what tests and what is trained on have no conversation in common, of
 * whatever client and objective. Where several pairs are of one conversation, what is held out beyond its sixth
 * stays unused, and clients may have a few training pairs less. UserError where they do not suffice.
 */
export function dealPairs(
  scenario: Dealing,
  all: PerObjective<Pairs>,
  seed: number,
): PerObjective<readonly ThreeWaySplit<PreferencePair>[]> {
  const each = perObjective((name) => pairsEach(scenario, name, all[name].length));
  const { count } = scenario.clients;
  const wanted = (name: Objective) => count * heldOutOf(each[name]);
  const tested = splitByConversation(all, wanted, seed);
  const validated = holdOut(
    perObjective((name) => tested[name].train),
    wanted,
  );
  return perObjective((name) => {
    const held = heldOutOf(each[name]);
    const { train, test: validation } = validated[name];
    const trains = Math.min(each[name] - 2 * held, Math.floor(train.length / count));
    if (trains < 1) throw tooFew(scenario, name, `${train.length} usable pairs of other conversations`);
    return Array.from({ length: count }, (_, client) => ({
      train: train.slice(client * trains, (client + 1) * trains),
      validation: validation.slice(client * held, (client + 1) * held),
      test: tested[name].test.slice(client * held, (client + 1) * held),
    }));
  });
}

/**
 * Splits pairs in two, shuffled: at least `wanted` of each objective are held out, in whole conversations.
 * The rest is for training, and a conversation that one objective holds out the other does too.
 */
export function splitByConversation(
  all: PerObjective<Pairs>,
  wanted: (objective: Objective) => number,
  seed: number,
): PerObjective<Split<PreferencePair>> {
  return holdOut(
    perObjective((name) => stream(seed, 'pairs', name).shuffle(all[name])),
    wanted,
  );
}

/** The same of pairs in their order: `test` has the first conversations. */
function holdOut(
  all: PerObjective<Pairs>,
  wanted: (objective: Objective) => number,
): PerObjective<Split<PreferencePair>> {
  const heldOut = new Set(objectives.flatMap((name) => firstConversations(all[name], wanted(name))));
  return perObjective((name) => {
    const isHeldOut = (pair: PreferencePair) => heldOut.has(conversationOf(pair));
    return {
      train: all[name].filter((pair) => !isHeldOut(pair)),
      test: all[name].filter(isHeldOut),
    };
  });
}

/**
 * What pairs must not share across the split: the request that opens their dialogue. Equal prompts have equal
 * ones; so have prompts of which one goes on where the other ends.
 */
export function conversationOf({ instruction, input }: PreferencePair): string {
  return JSON.stringify([instruction.split('\n\nAssistant:', 1)[0]!.trim(), input]);
}

/** The conversations of the first pairs, so many that they have at least `wanted` pairs together. */
function firstConversations(pairs: Pairs, wanted: number): readonly string[] {
  const sizes = new Map<string, number>();
  for (const pair of pairs) {
    const conversation = conversationOf(pair);
    sizes.set(conversation, (sizes.get(conversation) ?? 0) + 1);
  }
  const first: string[] = [];
  let held = 0;
  for (const [conversation, size] of sizes) {
    if (held >= wanted) break;
    first.push(conversation);
    held += size;
  }
  return first;
}

function pairsEach({ data, clients, name }: Dealing, objective: Objective, usable: number): number {
  const each = Math.min(data.pairsPerClient, Math.floor(usable / clients.count));
  if (each < fewestPairs) throw tooFew({ name, clients }, objective, `${usable} usable pairs`);
  return each;
}

function tooFew(
  { name, clients }: Pick<Dealing, 'name' | 'clients'>,
  objective: Objective,
  has: string,
): UserError {
  return new UserError(
    `scenario ${name}: /data/files/${objective}: has ${has}, expected at least ` +
      `${fewestPairs * clients.count} for ${clients.count} clients`,
  );
}

/** How many of a client's pairs validate, and as many test. */
function heldOutOf(each: number): number {
  return Math.max(1, Math.round(each / 6));
}
