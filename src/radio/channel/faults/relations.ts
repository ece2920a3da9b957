import { messageKinds, protocol } from '../../../../machines/protocol.js';
import { must, type Finding, type Rule } from '../../../settings/rule.js';
import { faultPointer } from './faults.js';
import type { Fault } from './settings.js';

/** Every message there is, by what a fault can name of it. */
const messages = messageKinds.map((kind) => {
  const { step, stage, direction } = protocol[kind];
  return { kind, step, stage, direction: `${direction}link` as const };
});

interface Script {
  readonly channel: { readonly faults: readonly Fault[] };
  readonly clients: { readonly count: number };
}

export const faultRules: readonly Rule<Script>[] = [
  {
    states: 'a fault is about a client that there is, at a time that there is',
    findings: ({ channel: { faults }, clients: { count } }) =>
      faults.flatMap(({ client = 1, fromSeconds = 0, toSeconds = Infinity }, index) => [
        must(
          client <= count,
          `${faultPointer(index)}/client`,
          client,
          `at most ${count}, the number of clients`,
        ),
        must(
          toSeconds > fromSeconds,
          `${faultPointer(index)}/toSeconds`,
          toSeconds,
          `more than ${fromSeconds}, which is fromSeconds`,
        ),
      ]),
  },
  {
    states: 'a fault is about a message that there is',
    findings: ({ channel: { faults } }) => faults.map(messageFinding),
  },
];

const namesOfMessages = ['kind', 'step', 'stage', 'direction'] as const;

/** The first property that leaves no message to which all of them up to it apply. */
function messageFinding(fault: Fault, index: number): Finding {
  let candidates = messages;
  const said: string[] = [];
  for (const key of namesOfMessages) {
    const value = fault[key];
    if (value === undefined) continue;
    const known = new Set<string>(candidates.map((message) => message[key]));
    if (!known.has(value)) {
      const where = said.length === 0 ? '' : ` where ${said.join(' and ')}`;
      const expected = `${known.size === 1 ? '' : 'one of '}${quoted(known)}${where}`;
      return must(false, `${faultPointer(index)}/${key}`, value, expected, 'there is no such message');
    }
    candidates = candidates.filter((message) => message[key] === value);
    said.push(`${key} is "${value}"`);
  }
  return false;
}

const quoted = (names: Iterable<string>) => [...names].map((name) => JSON.stringify(name)).join(', ');
