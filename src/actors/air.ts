import { assign, enqueueActions, fromCallback, type ActorRefFrom, type AnyActorRef } from 'xstate';
import { airMachine, type AirEvent, type AttemptEnded, type ReadyUpdate } from '../../machines/air.js';
import { nameOf, type Upload } from '../../machines/events.js';
import { updatesOf } from '../../machines/protocol.js';
import type { serverMachine, ServerContext } from '../../machines/server.js';
import { greatest, least } from '../extremes.js';
import { airAttempt, missedSlot, silencesOf, wentOff, type OnAir } from '../radio/air/attempt.js';
import type { AirSettings } from '../radio/air/over-the-air.js';
import { airSeconds, slotOf, type AirSender, type Slot } from '../radio/air/slot.js';
import type { Attempt } from '../radio/channel/attempts.js';
import { weightOf } from '../strategies/over-the-air/reception.js';
import { hasAnswered } from './answers.js';
import { partsOnAir, slotKey, valuesIn } from './heard.js';
import type { World } from './world.js';

/** Name of the actor: it stands in the place of the uplink's scheduler. */
export const airId = 'cell/uplink';

interface System {
  get(id: string): unknown;
}

/** Implements the chart of the uplink over the air: who is awaited, when the slot opens, and what came of it. */
export function provideAir(world: World) {
  const { clock } = world;
  const slots = new Slots(world);

  return airMachine.provide({
    actors: {
      cohort: fromCallback<AirEvent>(({ sendBack, system }) => {
        let before = serverIn(system);
        const changes = serverOf(system)?.subscribe(({ context }) => {
          const isSame = before?.members === context.members && before.cohort === context.cohort;
          before = context;
          if (!isSame) sendBack({ type: 'cohort.changed' });
        });
        return () => changes?.unsubscribe();
      }),
    },
    actions: {
      admit: assign(({ context, event }) => {
        if (event.type !== 'attempt.begins') return {};
        const { link, message } = event;
        return { ready: [...context.ready, { link, message, sinceSeconds: clock.nowSeconds }] };
      }),
      takeStock: assign(({ context: { ready }, self }) => {
        const server = serverIn(self.system);
        if (server === null)
          return { awaited: [], late: ready.map(({ link }) => link), lastMomentSeconds: Infinity };
        const isReady = new Set(ready.map(({ message }) => message.envelope.from));
        const isLate = (each: ReadyUpdate) => !slots.isInTime(server, uploadOf(each));
        return {
          awaited: server.cohort.filter((client) => !isReady.has(client) && !hasAnswered(server, client)),
          late: ready.filter(isLate).map(({ link }) => link),
          lastMomentSeconds: least(ready.map((each) => slots.lastMoment(server, uploadOf(each)))),
        };
      }),
      refuseLate: enqueueActions(({ context, enqueue, system }) => {
        for (const each of of(context.late, context.ready)) {
          enqueue.sendTo(...told(system, each, slots.missed(each)));
        }
        enqueue.assign({ ready: without(context.late, context.ready) });
      }),
      withdraw: enqueueActions(({ context, event, enqueue, system }) => {
        for (const each of of(linkIn(event), context.ready)) {
          enqueue.sendTo(...told(system, each, wentOff(slots.missed(each))));
        }
        enqueue.assign({ ready: without(linkIn(event), context.ready) });
      }),
      openSlot: assign(({ context: { ready } }) => ({
        inSlot: ready,
        ready: [],
        slotSeconds: slots.open(ready),
      })),
      cutShort: enqueueActions(({ context, event, enqueue, system }) => {
        for (const each of of(linkIn(event), context.inSlot)) {
          enqueue.sendTo(...told(system, each, slots.cut(each)));
        }
        enqueue.assign({ inSlot: without(linkIn(event), context.inSlot) });
      }),
      closeSlot: enqueueActions(({ context, enqueue, system }) => {
        for (const each of context.inSlot) enqueue.sendTo(...told(system, each, slots.attempt(each)));
        enqueue.assign({ inSlot: [] });
      }),
    },
    guards: {
      someAreLate: ({ context }) => context.late.length > 0,
      isEmpty: ({ context }) => context.ready.length === 0,
      isComplete: ({ context }) => context.awaited.length === 0,
    },
    delays: {
      lastMoment: ({ context }) => Math.max(0, context.lastMomentSeconds - clock.nowSeconds) * 1e3,
      slotEnds: ({ context }) => context.slotSeconds * 1e3,
    },
  });
}

const linkIn = (event: AirEvent) => (event.type === 'attempt.cut' ? [event.link] : []);
const of = (links: readonly string[], updates: readonly ReadyUpdate[]) =>
  updates.filter(({ link }) => links.includes(link));
const without = (links: readonly string[], updates: readonly ReadyUpdate[]) =>
  updates.filter(({ link }) => !links.includes(link));

/** Once the last stage is over there is none. */
const serverOf = (system: System) => system.get('server') as ActorRefFrom<typeof serverMachine> | undefined;
const serverIn = (system: System): ServerContext | null => serverOf(system)?.getSnapshot().context ?? null;

const uploadOf = ({ message }: Pick<ReadyUpdate, 'message'>) => message.envelope.message as Upload;

function told(system: System, { link }: ReadyUpdate, attempt: Attempt): [AnyActorRef, AttemptEnded] {
  return [system.get(link) as AnyActorRef, { type: 'attempt.ended', attempt }];
}

/** The clock counts in these: what begins and ends by it may be off by one each. */
const microsecond = 1e-6;

/** The slots of a run: what each is made of, and what it comes to. */
class Slots {
  readonly #world: World;
  readonly #settings: AirSettings;
  /** The one on the air, or the last. */
  #now: {
    readonly slot: Slot;
    readonly ready: readonly ReadyUpdate[];
    readonly senders: readonly AirSender[];
  } | null = null;

  constructor(world: World) {
    this.#world = world;
    const link = world.links.all.find(({ air }) => air !== null);
    if (!link?.air) throw new Error('no link sends over the air');
    this.#settings = link.air;
  }

  /** Whether an update can still be in the slot of its version and kind. */
  isOpen({ stage, version }: ServerContext, { answers, kind }: Upload): boolean {
    const { heard } = this.#world;
    return (
      answers.stage === stage && answers.version === version && !heard.has(slotKey(stage, version, kind))
    );
  }

  /** Whether its slot, were it opened now, would be over in time. */
  isInTime(server: ServerContext, upload: Upload): boolean {
    return (
      this.isOpen(server, upload) &&
      this.#world.clock.nowSeconds <= this.lastMoment(server, upload) + microsecond
    );
  }

  /** The time at which the slots of this kind and of those after it still end before the round's deadline. */
  lastMoment({ stage, openedAtSeconds }: ServerContext, upload: Upload): number {
    const { scenario, store, links, method } = this.#world;
    const { bandwidthHz } = links.all.find(({ air }) => air !== null)!;
    const kinds = updatesOf(stage, method.rewards);
    const left = kinds.length - kinds.indexOf(upload.kind);
    const seconds = airSeconds(valuesIn(partsOnAir(store, [upload])), bandwidthHz);
    return (
      openedAtSeconds + (scenario[stage].deadlineSeconds ?? Infinity) - left * (seconds + 2 * microsecond)
    );
  }

  /** Opens a slot for these now, and returns how long it lasts. */
  open(ready: readonly ReadyUpdate[]): number {
    const { store, clock, heard } = this.#world;
    const parts = partsOnAir(store, ready.map(uploadOf));
    const weights = ready.map((each) => this.#weightOf(each));
    const fullWeight = greatest(weights);
    const senders = ready.map((each, k) => {
      const onAir = this.#onAir(each);
      return { link: onAir.link, amplitude: weights[k]! / fullWeight, silences: silencesOf(onAir) };
    });
    const slot = slotOf(valuesIn(parts), senders, this.#settings, clock.nowSeconds);
    const { answers, kind } = uploadOf(ready[0]!);
    heard.set(slotKey(answers.stage, answers.version, kind), { slot, parts, fullWeight });
    this.#now = { slot, ready, senders };
    return slot.seconds;
  }

  /** What the slot that is over was to one who was in it to its end. */
  attempt(ready: ReadyUpdate): Attempt {
    const { slot, ready: all } = this.#now!;
    return airAttempt(this.#onAir(ready), slot, slot.uses[all.indexOf(ready)]!, all.length);
  }

  /** What it was to one who goes off now. */
  cut(ready: ReadyUpdate): Attempt {
    const { slot, ready: all, senders } = this.#now!;
    const { nowSeconds } = this.#world.clock;
    const k = all.indexOf(ready);
    const gone = { fromSeconds: nowSeconds, toSeconds: Infinity };
    const until = senders.map((sender, i) =>
      i === k ? { ...sender, silences: [...sender.silences, gone] } : sender,
    );
    const { uses } = slotOf(
      2 * slot.seconds * until[k]!.link.bandwidthHz,
      until,
      this.#settings,
      slot.startSeconds,
    );
    const span = { ...slot, seconds: nowSeconds - slot.startSeconds };
    return wentOff(airAttempt(this.#onAir(ready), span, uses[k]!, all.length));
  }

  /** What it was to one who was never in it. */
  missed(ready: ReadyUpdate): Attempt {
    return missedSlot(this.#onAir(ready), this.#world.clock.nowSeconds);
  }

  #onAir({ link, message, sinceSeconds }: ReadyUpdate): OnAir {
    const name = nameOf(message.envelope.message);
    return { link: this.#world.links.of(link), message: name, readySeconds: sinceSeconds };
  }

  #weightOf(ready: ReadyUpdate): number {
    const { airMean } = this.#world;
    if (airMean === null) throw new Error('the aggregation cannot be computed over the air');
    return weightOf(uploadOf(ready).rows, airMean.weighting);
  }
}
