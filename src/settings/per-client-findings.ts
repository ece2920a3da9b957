import { valueOf, type KeyedClient, type PerClient } from './per-client.js';
import { must, type Finding } from './rule.js';

/** What is wrong with a setting whatever it measures: the length of a list, the order of bounds. */
export function perClientFindings(setting: PerClient, pointer: string, clients: number): Finding[] {
  if (typeof setting === 'number') return [];
  if (Array.isArray(setting)) {
    const expected = `a list of ${clients} numbers, one for each client (${setting.length} given)`;
    return [must(setting.length === clients, pointer, setting, expected)];
  }
  if ('uniform' in setting) {
    const [from, to] = setting.uniform as [number, number];
    return [must(from <= to, `${pointer}/uniform`, setting.uniform, 'the lower bound first')];
  }
  if ('lognormal' in setting) return [];
  const { mean, from = -Infinity, to = Infinity } = setting.normal;
  return [
    must(
      from <= mean && mean <= to && from < to,
      `${pointer}/normal`,
      setting.normal,
      'mean between from and to',
    ),
  ];
}

/** Whether every client can have a value: nothing is wrong with the form. */
export function givesAll(setting: PerClient, clients: number): boolean {
  return perClientFindings(setting, '', clients).every((finding) => finding === false);
}

/** A finding for the first client whose value does not hold; none where the form is wrong already. */
export function valueFinding(
  setting: PerClient,
  { pointer, quantity }: { readonly pointer: string; readonly quantity: string },
  clients: readonly KeyedClient[],
  { holds, expected, advice }: ValueRule,
): Finding {
  if (typeof setting === 'number') return must(holds(setting), pointer, setting, expected, advice);
  if (!givesAll(setting, clients.length)) return false;
  const wrong = clients.find((client) => !holds(valueOf(setting, quantity, client)));
  if (wrong === undefined) return false;
  const value = Number(valueOf(setting, quantity, wrong).toPrecision(6));
  const place = Array.isArray(setting) ? `${pointer}/${wrong.index}` : pointer;
  const found = { pointer: place, is: `is ${value} for ${wrong.id}`, expected };
  return advice === undefined ? found : { ...found, advice };
}

/** What the value of each client has to be. */
export interface ValueRule {
  readonly holds: (value: number) => boolean;
  readonly expected: string;
  readonly advice?: string;
}
