import type { Message } from '../../../machines/events.js';
import { noEnergy, type EnergyBySide } from '../../../src/records/energy/energy.js';
import type { RunEvent } from '../../../src/records/run-event.js';
import type { EndedMessage } from '../../../src/records/rows.js';
import { check, download, messageRecords, refused, roundClosed, step, upload } from './sound-round.js';

/** A message of one attempt of 1 s (server 10 W, client 2 W), and its row. */
function sent(id: number, from: string, to: string, message: Message, joules: number, more = {}): RunEvent[] {
  const { kind } = message;
  const row = {
    ...{ id, copyOf: null, from, to, kind, step: '1.3', stage: 'instruction', round: 1 },
    ...{
      outcome: 'delivered',
      energyJoules: joules,
      transmitJoules: joules,
      receiveJoules: 0,
      idleJoules: 0,
    },
    ...more,
  } as EndedMessage;
  return [...messageRecords(id, from, to, message, 4 * id), { type: 'message-ended', row }];
}

const down = (more = {}) => sent(1, 'server', 'client-0', download('instruction', 0), 10, more);
const up = () => sent(2, 'client-0', 'server', upload('instruction', 1, 'adapters'), 2);
const begun: RunEvent = {
  ...{ type: 'task-started', actor: 'client-0', stage: 'instruction', round: 1, task: 'instruct' },
  ...{ number: 1, key: 'k', virtualSeconds: 5, seconds: 3, joules: 6 },
};
const work = (joules: number): RunEvent => ({
  type: 'row',
  row: {
    ...{ type: 'compute', stage: 'instruction', round: 1, actor: 'client-0', task: 'instruct' },
    ...{ virtualSeconds: 8, seconds: 3, joules, ended: 'finished' },
  },
});

const spent: EnergyBySide = {
  devices: { ...noEnergy.devices, transmitJoules: 2, computeJoules: 6 },
  server: { ...noEnergy.server, transmitJoules: 10 },
};
function closed(energy: EnergyBySide, energyJoules = 12): RunEvent {
  const event = roundClosed('instruction', 1, 12) as Extract<RunEvent, { type: 'row' }>;
  return { type: 'row', row: { ...event.row, energy, energyJoules } as typeof event.row };
}
const round = (...end: RunEvent[]) => [
  step('server', '1.1', 0),
  ...down(),
  step('client-0', '1.2', 5),
  step('client-0', '1.3', 5),
  begun,
  work(6),
  ...up(),
  ...end,
];

describe('the checker of energy', () => {
  it('agrees to a round that has the messages and the work that ended in it, by side and kind', () => {
    check(round(closed(spent)));
  });

  it('refuses joules that stand at the wrong side', () => {
    const swapped = { devices: spent.server, server: spent.devices };
    refused(
      round(closed(swapped)),
      /^energy: round 1 of instruction has transmitJoules 10 of devices; its attempts and work make 2/,
    );
  });

  it('refuses a round without its work, and work that its energyJoules count', () => {
    const idle = { ...spent, devices: { ...spent.devices, computeJoules: 0 } };
    refused(round(closed(idle)), /^energy: round 1 of instruction has computeJoules 0 of devices.* make 6/);
    refused(round(closed(spent, 18)), /^energy: round 1 of instruction has energyJoules 18, not 12/);
  });

  it('refuses what the round before had already', () => {
    const again = closed(spent);
    refused(
      [...round(closed(spent)), again],
      /^energy: round 1 of instruction has transmitJoules 2 of devices/,
    );
  });

  it('refuses a message’s row that has not what its attempts cost', () => {
    refused(
      [step('server', '1.1', 0), ...down({ transmitJoules: 9 })],
      /^energy: message 1 has transmitJoules 9 of server; its attempts and work make 10/,
    );
  });

  it('refuses work for more than the tasks take that were begun', () => {
    refused([begun, work(6.1)], /^energy: client-0 spent 6\.1 J on tasks that take 6 J/);
  });
});
