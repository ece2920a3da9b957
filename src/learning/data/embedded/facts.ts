import { UserError } from '../../../errors.js';
import { stream } from '../../../simulation/random/stream.js';
import type { Dealing } from '../settings.js';
import { animals, colours, unknownWords, type Meaning } from './words.js';

/** The facts of a run: words that the base model never met, with meanings drawn anew for each seed. */
export function drawFacts(scenario: Dealing, seed: number): Meaning[] {
  const { facts } = scenario.data.synthetic;
  if (facts > unknownWords.length) {
    throw new UserError(
      `scenario ${scenario.name}: /data/synthetic/facts: is ${facts}, ` +
        `expected at most ${unknownWords.length}`,
    );
  }
  const words = stream(seed, 'fact words').shuffle(unknownWords).slice(0, facts);
  return words.map((word) => {
    const random = stream(seed, 'meaning', word);
    return {
      word,
      colour: colours[random.below(colours.length)]!,
      animal: animals[random.below(animals.length)]!,
    };
  });
}

/**
 * Which facts each client is taught: fact f goes to `holders` clients that follow one another in a keyed
 * order, so that each fact has exactly min(holders, clients) holders and clients differ by few facts.
 */
export function dealFacts(
  facts: readonly Meaning[],
  clients: readonly string[],
  holders: number,
  seed: number,
): Map<string, Meaning[]> {
  const order = stream(seed, 'holders of facts').shuffle(clients);
  const held = new Map(clients.map((client) => [client, [] as Meaning[]]));
  const copies = Math.min(holders, clients.length);
  facts.forEach((fact, index) => {
    for (let copy = 0; copy < copies; copy++) {
      held.get(order[(index * copies + copy) % order.length]!)!.push(fact);
    }
  });
  return held;
}
