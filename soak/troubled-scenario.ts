import { stream, type Stream } from '../src/simulation/random/stream.js';
import { randomScenario, type Written } from './random-scenario.js';

/** Of all scenarios, those whose troubles are over at a time. */
const healingShare = 0.3;

interface Cast {
  readonly draw: Stream;
  readonly clients: number;
  /** When troubles are over; null: some go on for ever. */
  readonly healedSeconds: number | null;
}

/** Random scenario `number` with troubles of every kind. It follows from its number alone. */
export function troubledScenario(number: number): Written {
  const base = randomScenario(number) as Readonly<Record<string, Written>>;
  const draw = stream(number, 'troubled scenario');
  const clients = base['clients']!['count'] as number;
  const isHealing = draw.uniform() < healingShare;
  const cast: Cast = { draw, clients, healedSeconds: isHealing ? 1 + draw.below(8) : null };
  const faults = [...disturbed(cast), ...swizzled(cast)];
  const timeline = turns(cast);
  const poisoned =
    draw.uniform() < 0.3
      ? {
          poisoned: {
            clients: [1 + draw.below(clients)],
            attack: draw.uniform() < 0.5 ? 'sign-flip' : 'stale-replay',
          },
        }
      : {};
  if (isHealing) return healing(base, { faults, timeline, poisoned });
  const { channel } = base;
  return {
    ...base,
    clients: { ...base['clients'], ...poisoned },
    channel: {
      ...channel,
      lossProbability: draw.below(51) / 100,
      faults: [...(channel!['faults'] as readonly Written[]), ...faults],
    },
    timeline: [...(base['timeline'] as unknown as readonly Written[]), ...timeline],
  };
}

/** Losses, copies, and delays by which messages overtake each other. */
function disturbed({ draw, healedSeconds }: Cast): Written[] {
  const until = healedSeconds === null ? {} : { toSeconds: healedSeconds };
  const some = [
    () => ({ effect: 'drop', probability: draw.below(51) / 100 }),
    () => ({ effect: 'duplicate', probability: 0.3, delaySeconds: draw.below(20) }),
    () => ({ effect: 'delay', probability: 0.3, delaySeconds: 1 + draw.below(20) }),
  ];
  return some.flatMap((fault) => (draw.uniform() < 0.4 ? [{ ...fault(), ...until }] : []));
}

/** Links that stop one by one, and come back in random order. */
function swizzled({ draw, clients, healedSeconds }: Cast): Written[] {
  if (draw.uniform() > 0.4) return [];
  const end = healedSeconds ?? 5 + draw.below(56);
  const order = draw.shuffle(Array.from({ length: clients }, (_, place) => place + 1));
  const back = draw.shuffle(order);
  const at = (place: number) => (place / clients) * (end / 2);
  return order.map((client, place) => ({
    effect: 'blackout',
    client,
    fromSeconds: at(place),
    toSeconds: end / 2 + at(1 + back.indexOf(client)),
  }));
}

/** Crashes, blackouts, and clients that leave and join. */
function turns({ draw, clients, healedSeconds }: Cast): Written[] {
  const end = healedSeconds ?? 60;
  return Array.from({ length: draw.below(4) }, () => {
    const client = `client-${1 + draw.below(clients)}`;
    const atSeconds = draw.below(end);
    const seconds = Math.max(0.5, draw.uniform() * (end - atSeconds));
    const entries: readonly (() => Written[])[] = [
      () => [{ atSeconds, do: [{ action: 'crash', client, seconds }] }],
      () => [{ atSeconds, do: [{ action: 'blackout', client, seconds }] }],
      () => [
        { atSeconds, do: [{ action: 'leave', client }] },
        { atSeconds: atSeconds + seconds, do: [{ action: 'join', client }] },
      ],
    ];
    return entries[draw.below(entries.length)]!();
  }).flat();
}

/** All that a client and a link need to answer within a deadline once the troubles are over. */
function healing(
  base: Readonly<Record<string, Written>>,
  {
    faults,
    timeline,
    poisoned,
  }: { readonly faults: Written[]; readonly timeline: Written[]; readonly poisoned: Written },
): Written {
  const { presence: _presence, poisoned: _poisoned, ...clients } = base['clients']!;
  const { gilbertElliott: _bursts, cell: _cell, retransmission: _given, ...channel } = base['channel']!;
  const link = { lossProbability: null, meanSnrDb: 15 };
  // So many that some open when the troubles have been over for a deadline: most take less than a second.
  const rounds = { maxRounds: 20, deadlineSeconds: 10, convergence: { patience: 99 } };
  return {
    ...base,
    clients: { ...clients, ...poisoned, availability: 1, devices: [{ gigaflopsPerSecond: 0.5, share: 1 }] },
    // On a narrow link the base model alone takes longer than a deadline.
    model: { ...base['model'], preinstalled: true },
    server: { ...base['server'], gigaflopsPerSecond: null },
    channel: {
      ...channel,
      ...{
        fading: 'none',
        correlation: 'independent',
        rate: 'capacity',
        lossProbability: 0,
        ackLossProbability: 0,
        maxAttemptSeconds: 1e5,
      },
      uplink: { ...(channel['uplink'] as Written), ...link },
      downlink: { ...(channel['downlink'] as Written), ...link },
      faults,
    },
    ...Object.fromEntries(
      ['instruction', 'reward', 'alignment'].map((stage) => [stage, { ...base[stage], ...rounds }]),
    ),
    timeline,
    limits: { virtualSeconds: 3000 },
  };
}
