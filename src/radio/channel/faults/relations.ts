import type { Message, Stage } from '../../../../machines/events.js';
import { nearest } from '../../../settings/nearest.js';
import { must, type Finding, type Rule } from '../../../settings/rule.js';
import type { Direction } from '../directions/settings.js';
import type { Fault } from './settings.js';

/** Every message there is, by what a fault can name of it. */
const messages: readonly {
  readonly kind: Message['kind'];
  readonly step: Message['step'];
  readonly stage: Stage;
  readonly direction: Direction;
}[] = [
  { kind: 'model', step: '1.1', stage: 'instruction', direction: 'downlink' },
  { kind: 'update', step: '1.3', stage: 'instruction', direction: 'uplink' },
  { kind: 'global', step: '1.4', stage: 'instruction', direction: 'downlink' },
  { kind: 'helpful-model', step: '2.1', stage: 'reward', direction: 'downlink' },
  { kind: 'harmless-model', step: '2.1', stage: 'reward', direction: 'downlink' },
  { kind: 'helpful-update', step: '2.3', stage: 'reward', direction: 'uplink' },
  { kind: 'harmless-update', step: '2.3', stage: 'reward', direction: 'uplink' },
  { kind: 'helpful-global', step: '2.4', stage: 'reward', direction: 'downlink' },
  { kind: 'harmless-global', step: '2.4', stage: 'reward', direction: 'downlink' },
  { kind: 'alignment-update', step: '3.3', stage: 'alignment', direction: 'uplink' },
  { kind: 'alignment-global', step: '3.4', stage: 'alignment', direction: 'downlink' },
];

const ofMessages: readonly Fault['effect'][] = ['drop', 'corrupt', 'duplicate', 'delay', 'slow'];

/** The effects that a property of a fault can go with; the others go with every effect. */
const effectsOf: readonly (readonly [
  key: 'kind' | 'step' | 'stage' | 'round' | 'attempt' | 'delaySeconds' | 'factor',
  effects: readonly Fault['effect'][],
])[] = [
  ['kind', ofMessages],
  ['step', ofMessages],
  ['stage', ofMessages],
  ['round', ofMessages],
  ['attempt', ['drop', 'corrupt', 'slow']],
  ['delaySeconds', ['delay', 'duplicate']],
  ['factor', ['slow']],
];

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
          `/channel/faults/${index}/client`,
          client,
          `at most ${count}, the number of clients`,
        ),
        must(
          toSeconds > fromSeconds,
          `/channel/faults/${index}/toSeconds`,
          toSeconds,
          `more than ${fromSeconds}, which is fromSeconds`,
        ),
      ]),
  },
  {
    states: 'a fault has the properties that its effect can have',
    findings: ({ channel: { faults } }) =>
      faults.flatMap((fault, index) =>
        effectsOf.map(([key, effects]) =>
          must(
            fault[key] === undefined || effects.includes(fault.effect),
            `/channel/faults/${index}/${key}`,
            fault[key],
            `no ${key} where effect is "${fault.effect}"`,
            `it goes with ${quoted(effects)}`,
          ),
        ),
      ),
  },
  {
    states: 'a fault is about a message that there is',
    findings: ({ channel: { faults } }) =>
      faults.map((fault, index) => fault.effect !== 'blackout' && messageFinding(fault, index)),
  },
];

const namesOfMessages = ['kind', 'step', 'stage', 'direction'] as const;

/** The first property that leaves no message to which all of them up to it apply. */
function messageFinding(fault: Fault, index: number): Finding {
  let left = messages;
  const said: string[] = [];
  for (const key of namesOfMessages) {
    const value = fault[key];
    if (value === undefined) continue;
    const known = new Set<string>(left.map((message) => message[key]));
    if (!known.has(value)) {
      const where = said.length === 0 ? '' : ` where ${said.join(' and ')}`;
      const meant = key === 'kind' ? nearest(value, [...known], (name) => name) : [];
      const advice = meant.length === 0 ? 'there is no such message' : `did you mean ${quoted(meant)}?`;
      const expected = `${known.size === 1 ? '' : 'one of '}${quoted(known)}${where}`;
      return must(false, `/channel/faults/${index}/${key}`, value, expected, advice);
    }
    left = left.filter((message) => message[key] === value);
    said.push(`${key} is "${value}"`);
  }
  return false;
}

const quoted = (names: Iterable<string>) => [...names].map((name) => JSON.stringify(name)).join(', ');
