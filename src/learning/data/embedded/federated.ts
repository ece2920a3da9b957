import { perObjective, type Objective } from '../../objective.js';
import { UserError } from '../../../errors.js';
import { stream } from '../../../simulation/random/stream.js';
import { clientIds, newcomerIds } from '../client-ids.js';
import { dirichlet, partAt } from '../partition.js';
import { nothingToAlign } from '../newcomers.js';
import type { Dealing } from '../settings.js';
import type { ClientData, Example, FederatedData, ThreeWaySplit } from '../types.js';
import { benignExample, factExample, sensitiveExample } from './examples.js';
import { dealFacts, drawFacts } from './facts.js';
import { families } from './families.js';
import type { Use } from './held-out.js';
import { preferencePair } from './pairs.js';
import { plain, styles, type Style } from './styles.js';
import type { Meaning } from './words.js';

/** What distinguishes one client of the embedded corpus from the others. */
interface Profile {
  readonly id: string;
  readonly style: Style;
  readonly styleStrength: number;
  /** Proportions over `families`. */
  readonly proportions: readonly number[];
  readonly held: readonly Meaning[];
  readonly foreign: readonly Meaning[];
  readonly seed: number;
}

/**
 * The embedded, synthetic corpus of a scenario, dealt to its clients. Every row is keyed by (seed, client,
 * purpose, row): another client changes nobody's rows but those of facts, which are dealt anew.
 * UserError for settings that cannot be met.
 */
export function embeddedData(scenario: Dealing, seed: number): FederatedData {
  checkDials(scenario);
  const ids = clientIds(scenario.clients.count);
  const holders = holdersOf(scenario);
  const facts = holders === 0 ? [] : drawFacts(scenario, seed);
  const dealt = dealFacts(facts, ids, holders, seed);
  const clients = ids.map((id, index) => {
    const held = dealt.get(id)!;
    const foreign = facts.filter((fact) => !held.includes(fact));
    return clientData(scenario, profile(scenario, id, index, held, foreign, seed));
  });
  const newcomers = newcomerIds(scenario.clients.newcomers ?? 0).map((id, index) => {
    const held = factsOfNewcomer(facts, (facts.length * holders) / ids.length, id, seed);
    const foreign = facts.filter((fact) => !held.includes(fact));
    return {
      ...clientData(scenario, profile(scenario, id, ids.length + index, held, foreign, seed)),
      ...nothingToAlign(),
    };
  });
  return {
    synthetic: true,
    clients,
    newcomers,
    common: commonRows(scenario.data.testPerClient, seed),
    reports: [],
  };
}

/** As many facts as a client has in the mean; members have been taught them as well. */
function factsOfNewcomer(facts: readonly Meaning[], mean: number, id: string, seed: number): Meaning[] {
  return stream(seed, 'facts of newcomer', id).shuffle(facts).slice(0, Math.round(mean));
}

/** Clients that are taught each fact: by default never all of them, so that each is unknown to somebody. */
function holdersOf({ data, clients }: Dealing): number {
  return data.synthetic.factHolders ?? Math.min(3, clients.count - 1);
}

function checkDials({ name, data }: Dealing): void {
  const wanted = data.synthetic.styles;
  if (wanted > styles.length) {
    throw new UserError(
      `scenario ${name}: /data/synthetic/styles: is ${wanted}, expected at most ${styles.length}`,
    );
  }
}

function profile(
  { data }: Dealing,
  id: string,
  index: number,
  held: readonly Meaning[],
  foreign: readonly Meaning[],
  seed: number,
): Profile {
  return {
    id,
    style: styles[index % data.synthetic.styles]!,
    styleStrength: data.synthetic.styleStrength,
    proportions: dirichlet(data.dirichletAlpha, families.length, stream(seed, 'families', id)),
    held,
    foreign,
    seed,
  };
}

function clientData({ data }: Dealing, client: Profile): ClientData {
  const volume = 0.5 + stream(client.seed, 'volume', client.id).uniform();
  const trainRows = Math.max(8, Math.round(data.examplesPerClient * volume));
  const shares = client.held.length ? data.synthetic : { ...data.synthetic, factShare: 0 };
  return {
    id: client.id,
    style: client.style.name,
    train: localRows(client, 'train', trainRows, shares),
    validation: localRows(client, 'validation', data.testPerClient, shares),
    test: localRows(client, 'test', data.testPerClient, shares),
    shared: sharedRows(client, data.testPerClient),
    pairs: perObjective((objective) => pairs(client, objective, data.pairsPerClient)),
    prompts: {
      train: prompts(client, 'train', Math.ceil(data.examplesPerClient / 2)),
      test: prompts(client, 'test', data.testPerClient),
    },
  };
}

/**
 * Own rows in a shuffled order: facts and sensitive requests by their shares, the rest by the class
 * proportions.
 */
function localRows(
  client: Profile,
  use: Use,
  count: number,
  shares: { readonly factShare: number; readonly sensitiveShare: number },
): Example[] {
  const facts = Math.round(count * shares.factShare);
  const sensitive = Math.round(count * shares.sensitiveShare);
  const rows = Array.from({ length: count }, (_, row) => {
    const random = stream(client.seed, client.id, use, row);
    const style = random.uniform() < client.styleStrength ? client.style : plain;
    if (row < facts) return factExample(client.held[row % client.held.length]!, use, style, random);
    if (row < facts + sensitive) return sensitiveExample(use, style, random);
    return benignExample(families[partAt(client.proportions, random.uniform())]!, use, style, random);
  });
  return stream(client.seed, client.id, use, 'order').shuffle(rows);
}

/** What only others were taught, in the client's own style: every foreign fact about equally often. */
function sharedRows({ foreign, ...client }: Profile, count: number): Example[] {
  if (foreign.length === 0) return [];
  return Array.from({ length: count }, (_, row) => {
    const random = stream(client.seed, client.id, 'shared', row);
    return factExample(foreign[row % foreign.length]!, 'test', client.style, random);
  });
}

/** What nobody brings: benign requests, every family as often as the next, in plain answers. */
function commonRows(count: number, seed: number): Example[] {
  return Array.from({ length: count }, (_, row) =>
    benignExample(families[row % families.length]!, 'test', plain, stream(seed, 'common test', row)),
  );
}

function pairs(
  client: Profile,
  objective: Objective,
  count: number,
): ThreeWaySplit<ReturnType<typeof preferencePair>> {
  const held = Math.max(1, Math.round(count / 6));
  const draw = (use: Use, rows: number) =>
    Array.from({ length: rows }, (_, row) =>
      preferencePair(objective, use, stream(client.seed, client.id, 'pairs', objective, use, row)),
    );
  return {
    train: draw('train', count - 2 * held),
    validation: draw('validation', held),
    test: draw('test', held),
  };
}

/** Prompts of Step 3: sensitive and benign in turn, with the answer that helps, in the client's own style. */
function prompts(client: Profile, use: Use, count: number): Example[] {
  return Array.from({ length: count }, (_, row) => {
    const random = stream(client.seed, client.id, 'prompts', use, row);
    return row % 2 === 0
      ? sensitiveExample(use, client.style, random, 'help')
      : benignExample(families[partAt(client.proportions, random.uniform())]!, use, client.style, random);
  });
}
