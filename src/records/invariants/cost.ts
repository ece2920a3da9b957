import { untouched, type BusEvent, type LinkAccount } from '../../simulation/bus/bus.js';
import { directionOf, keyedClients } from '../../radio/channel/directions/client-direction.js';
import { retransmissions } from '../../radio/channel/retransmission/index.js';
import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import { greatest } from '../../extremes.js';
import type { Device } from '../../learning/clients/settings.js';
import type { Direction } from '../../radio/channel/directions/settings.js';
import { transmitJoules } from '../../radio/channel/directions/transmitter.js';
import type { Channel } from '../../radio/channel/settings.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('cost');

const sums = [
  'onAirSeconds',
  'airBits',
  'transmitJoules',
  'receiveJoules',
  'idleJoules',
  'energyJoules',
] as const;
const counted = ['attempts', ...sums] as const;
const energies = ['transmitJoules', 'receiveJoules', 'idleJoules'] as const;

/** What is read of a scenario. */
interface Radio {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number; readonly devices: readonly Pick<Device, 'transmitter'>[] };
}

/**
 * A message costs what its attempts cost: every account is the sum over the attempts so far, energy is that of
 * transmitter, receiver and waiting together, a transmitter of constant power (one that does not invert its channel)
 * spends no more than what that power and its circuits draw over its time on the air, and no message goes on the air
 * more often than the scenario allows.
 */
export function cost(scenario: Radio): Checker {
  const { channel } = scenario;
  const most = mostWatts(scenario);
  const accounts = new Map<number, LinkAccount>();
  const inversion = channel.rate === 'inversion' || isOverTheAir(channel.uplink.sharing);
  const cap = retransmissions[channel.retransmission].maxTransmissions(channel.maxTransmissions);

  return {
    onBus(event) {
      const { id, from, to } = event.envelope;
      if (event.phase === 'duplicated') return;
      const before = accounts.get(id) ?? { bits: event.bits, ...untouched };
      const expected = event.phase === 'attempt' ? added(before, event.attempt) : before;
      // A delayed message arrives with the account of the moment at which it left the air.
      if (event.phase !== 'delivered')
        for (const key of counted) agree(event, key, event[key], expected[key]);
      const parts = energies.reduce((sum, key) => sum + event[key], 0);
      agree(event, 'energyJoules', event.energyJoules, parts);
      const watts = from === 'server' ? most.downlink.get(to)! : most.uplink.get(from)!;
      const inverts = from === 'server' ? channel.rate === 'inversion' : inversion;
      if (!inverts && event.transmitJoules > watts * event.onAirSeconds * (1 + 1e-9)) {
        fail(`message ${id} spent ${event.transmitJoules} J in ${event.onAirSeconds} s at ${watts} W`);
      }
      if (event.attempts > cap) fail(`message ${id} was on the air ${event.attempts} times of ${cap}`);
      if (event.phase === 'attempt') accounts.set(id, expected);
      if (event.phase === 'settled') accounts.delete(id);
    },
  };
}

/** What a transmitter of each direction draws on the air at most, in watts by client. */
function mostWatts(scenario: Radio): Readonly<Record<Direction, ReadonlyMap<string, number>>> {
  const { channel, clients } = scenario;
  const own = clients.devices.map(({ transmitter }) => transmitter ?? channel.uplink);
  const transmitters = { uplink: [channel.uplink, ...own], downlink: [channel.downlink] };
  const most = (direction: Direction) =>
    new Map(
      keyedClients(scenario).map((client) => {
        const { powerWatts } = directionOf(channel, direction, client);
        return [
          client.id,
          greatest(transmitters[direction].map((one) => transmitJoules(one, powerWatts, 1))),
        ];
      }),
    );
  return { uplink: most('uplink'), downlink: most('downlink') };
}

function added(account: LinkAccount, attempt: Omit<LinkAccount, 'bits' | 'attempts'>): LinkAccount {
  const total = { ...account, attempts: account.attempts + 1 };
  for (const key of sums) total[key] += attempt[key];
  return total;
}

/** Equal but for the rounding of sums. */
function agree({ phase, envelope: { id } }: BusEvent, what: string, found: number, expected: number): void {
  if (Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected))) return;
  fail(`message ${id} (${phase}) accounts ${what} ${found}; its attempts make ${expected}`);
}
