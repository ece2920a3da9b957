import { assign, enqueueActions, fromCallback, type ActorRefFrom, type AnyActorRef } from 'xstate';
import { airMachine, type AirContext, type AirEvent, type AttemptEnded, type ReadyUpdate } from '../../machines/air.js';
import { nameOf, type Upload } from '../../machines/events.js';
import { updatesOf } from '../../machines/protocol.js';
import type { serverMachine, ServerContext } from '../../machines/server.js';
import { greatest } from '../extremes.js';
import { airAttempt, missedSlot, silencesOf, wentOff, type OnAir } from '../radio/air/attempt.js';
import { airSeconds, slotOf, type AirSender, type Slot } from '../radio/air/slot.js';
import type { Attempt } from '../radio/channel/attempts.js';
import { weightOf } from '../strategies/over-the-air/reception.js';
import { hasAnswered } from './answers.js';
import { layoutOf, slotKey, valuesIn } from './heard.js';
import type { World } from './world.js';

/** Name of the actor, in the place of the uplink's scheduler. */
export const airId = 'cell/uplink';

type System = { get(id: string): unknown };

/** Implements the chart of the uplink over the air. */
export function provideAir(world: World) {
  const { clock, links, scenario, store } = world;
  const settings = links.of(`${[...world.clients.keys()][0]!}/uplink`).air;
  if (settings === null) return airMachine;

  const serverOf = (system: System) => system.get('server') as ActorRefFrom<typeof serverMachine>;
  const serverIn = (system: System): ServerContext => serverOf(system).getSnapshot().context;
  const onAirOf = ({ link, message, sinceSeconds }: ReadyUpdate): OnAir => ({
    link: links.of(link),
    message: nameOf(message.envelope.message),
    readySeconds: sinceSeconds,
  });
  const senderOf = (ready: ReadyUpdate, all: readonly ReadyUpdate[]): AirSender => {
    const onAir = onAirOf(ready);
    return {
      link: onAir.link,
      amplitude: weightIn(world, ready) / greatest(all.map((each) => weightIn(world, each))),
      silences: silencesOf(onAir),
    };
  };
  const slotFor = (ready: readonly ReadyUpdate[]): Slot => {
    const values = valuesIn(layoutOf(store, ready.map(uploadOf)));
    const senders = ready.map((each) => senderOf(each, ready));
    return slotOf(values, senders, settings, clock.nowSeconds);
  };
  /** The moment after which the stage's updates from this one on would not all be over before the deadline. */
  const lastMoment = ({ openedAtSeconds, stage }: ServerContext, upload: Upload): number => {
    const kinds = updatesOf(stage);
    const left = kinds.length - kinds.indexOf(upload.kind);
    const { bandwidthHz } = scenario.channel.uplink;
    const seconds = left * airSeconds(valuesIn(layoutOf(store, [upload])), bandwidthHz);
    return openedAtSeconds + (scenario[stage].deadlineSeconds ?? Infinity) - seconds;
  };
  const isOpen = ({ stage, version }: ServerContext, { answers, kind }: Upload): boolean =>
    answers.stage === stage && answers.version === version && !world.heard.has(slotKey(stage, version, kind));
  // The clock counts in microseconds.
  const isInTime = (server: ServerContext, upload: Upload): boolean =>
    isOpen(server, upload) && clock.nowSeconds <= lastMoment(server, upload) + 1e-6;
  const tell = (system: System, link: string, attempt: Attempt) => {
    const event: AttemptEnded = { type: 'attempt.ended', attempt };
    return [system.get(link) as AnyActorRef, event] as const;
  };
}
