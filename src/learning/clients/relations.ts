import { pointerSegment } from '../../settings/problem.js';
import { must, type Finding, type Rule } from '../../settings/rule.js';
import { clientIds } from '../data/client-ids.js';
import { deviceRules } from './device-relations.js';
import { presenceRules } from './presence/relations.js';
import type { Clients, PreferenceWeights } from './settings.js';

/** Weights of both objectives sum to 1 up to what decimals written by hand leave. */
const sumTolerance = 1e-9;

/** Concentrations that a draw can tell from their limits: all for one objective, and both alike. */
const concentrations = { from: 1e-3, to: 1e6 } as const;

export const clientRules: readonly Rule<{ clients: Clients }>[] = [
  ...presenceRules,
  ...deviceRules,
  {
    states: 'listed weights of harmlessness are one per client',
    findings: ({ clients: { count, weightHarmless } }) =>
      must(
        weightHarmless === 'uniform' || weightHarmless.length === count,
        '/clients/weightHarmless',
        weightHarmless,
        `a list of ${count} weights, one for each client (${weightHarmless.length} given)`,
      ),
  },
  {
    states: 'poisoned clients are clients that there are',
    findings: ({ clients: { count, poisoned } }) =>
      (poisoned?.clients ?? []).map((client, place) =>
        must(client <= count, `/clients/poisoned/clients/${place}`, client, `a number from 1 to ${count}`),
      ),
  },
  {
    states: 'some client takes part now and then',
    findings: ({ clients: { availability } }) =>
      must(availability > 0, '/clients/availability', availability, 'above 0', 'at 0 nobody ever takes part'),
  },
  {
    states: 'the weights of both objectives sum to 1',
    findings: ({ clients }) =>
      listedPairs(clients).map(([pointer, pair]) => {
        const sum = pair.helpful + pair.harmless;
        return must(
          Math.abs(sum - 1) <= sumTolerance,
          pointer,
          pair,
          `helpful + harmless to be 1 (it is ${Number(sum.toPrecision(12))})`,
          `with helpful ${pair.helpful}, harmless is ${Number((1 - pair.helpful).toPrecision(12))}`,
        );
      }),
  },
  {
    states: 'listed weights are one pair per client',
    findings: ({ clients: { count, weights } }) =>
      Array.isArray(weights) &&
      must(
        weights.length === count,
        '/clients/weights',
        weights,
        `a list of ${count} pairs, one for each client (${weights.length} given)`,
        'to set those of some clients only, use byClient',
      ),
  },
  {
    states: 'weights by name are of clients that there are',
    findings: ({ clients: { count, weights } }) =>
      weights !== null && 'byClient' in weights && unknownClients(weights.byClient, count),
  },
  {
    states: 'concentrations of a Dirichlet distribution are neither vanishing nor without end',
    findings: ({ clients: { weights } }) =>
      weights !== null &&
      'dirichlet' in weights &&
      weights.dirichlet.map((value, place) =>
        must(
          value >= concentrations.from && value <= concentrations.to,
          `/clients/weights/dirichlet/${place}`,
          value,
          `${concentrations.from} to ${concentrations.to}`,
          '[1, 1] is uniform on the simplex; larger numbers make the clients more alike',
        ),
      ),
  },
  {
    states: 'what the clients want is said once',
    findings: ({ clients: { weights, weightHarmless } }) =>
      must(
        weights === null || 'byClient' in weights || weightHarmless === 'uniform',
        '/clients/weightHarmless',
        weightHarmless,
        '"uniform" where /clients/weights gives the weights of every client',
        'take one of the two out',
      ),
  },
];

/** Every pair of weights that a scenario spells out, and where; the form of no other name was checked. */
function listedPairs({
  weights,
  count,
}: Clients): readonly (readonly [pointer: string, pair: PreferenceWeights])[] {
  if (weights === null || 'dirichlet' in weights) return [];
  if (Array.isArray(weights)) return weights.map((pair, index) => [`/clients/weights/${index}`, pair]);
  return clientIds(count).flatMap((client) => {
    const pair = weights.byClient[client];
    return pair ? [[`/clients/weights/byClient/${client}`, pair] as const] : [];
  });
}

function unknownClients(byClient: Readonly<Record<string, PreferenceWeights>>, count: number): Finding[] {
  const known = clientIds(count);
  const expected = count === 1 ? 'client-1' : `a client from client-1 to client-${count}`;
  return Object.keys(byClient).map((client) =>
    must(known.includes(client), `/clients/weights/byClient/${pointerSegment(client)}`, client, expected),
  );
}
