import type { ParamRef } from '../src/learning/params/param-set.js';

/** The paper's three stages: Steps 1.1–1.5, 2.1–2.5 and 3.1–3.5. */
export type Stage = 'instruction' | 'reward' | 'alignment';

/** What the server decided in Step 1.5, 2.5 or 3.5. */
export type Verdict = 'continue' | 'converged' | 'out-of-rounds';

/** The server's models as handles; null until they exist or where a method never has them. */
export interface GlobalModel {
  readonly base: ParamRef;
  readonly adapters: ParamRef | null;
  readonly lora: ParamRef | null;
  readonly helpful: ParamRef | null;
  readonly harmless: ParamRef | null;
}

/**
 * Server to client. `global` names the whole state, `params` only what has to travel because the client lacks
 * it. In stage 2 each reward model is a message of its own: the two of a pair name the same state, and each
 * is the order to work on it, so that a client starts when it holds both, in whichever order they come.
 */
export interface Download {
  readonly kind:
    | 'model'
    | 'global'
    | 'helpful-model'
    | 'harmless-model'
    | 'helpful-global'
    | 'harmless-global'
    | 'alignment-global';
  readonly step: '1.1' | '1.4' | '2.1' | '2.4' | '3.4';
  /** The round that this message closed; 0 where it opens a stage. */
  readonly stage: Stage;
  readonly round: number;
  readonly verdict: Verdict;
  readonly global: GlobalModel;
  readonly params: readonly ParamRef[];
}

/** The parts of a model that can be shared; the base model never changes. */
export type SharedPart = 'adapters' | 'lora' | 'helpful' | 'harmless';

/**
 * Client to server: what the method shares of the client's work in one round. In stage 2 each reward model is
 * an update of its own.
 */
export interface Upload {
  readonly kind: 'update' | 'helpful-update' | 'harmless-update' | 'alignment-update';
  readonly step: '1.3' | '2.3' | '3.3';
  readonly stage: Stage;
  readonly round: number;
  /** The client's state of what is shared; `params` is what of it has to travel. */
  readonly shared: Readonly<Partial<Record<SharedPart, ParamRef>>>;
  readonly params: readonly ParamRef[];
  /** Training rows behind the update: its weight in the mean. */
  readonly rows: number;
  /**
   * The client's own loss on its validation rows, for the criterion of Steps 1.5, 2.5 and 3.5; in stage 2 the
   * sum over both reward models, in the update of either. Null where the client had nothing to measure on.
   */
  readonly loss: number | null;
}

export type Message = Download | Upload;

/** A message on its way; `id` is unique in the run and in the order of sending. */
export interface Envelope<M extends Message = Message> {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  /** All recipients of the same content at the same time, `to` included. */
  readonly group: readonly string[];
  readonly message: M;
}
