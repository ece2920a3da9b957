import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientContext } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import { objectives } from '../learning/objective.js';
import type { ParamRef } from '../learning/params/param-set.js';
import { writeSafetensors } from '../learning/params/safetensors.js';
import type { ParamStore } from '../learning/params/store.js';

/** The models at the end of a run. */
export interface FinalModels {
  readonly global: Model;
  readonly clients: readonly ClientContext[];
}

/**
 * Writes what was trained, in safetensors: `global.safetensors` and `<client>.safetensors` hold adapters and
 * LoRA, `reward-*.safetensors` the global reward models, `<client>.critic-*.safetensors` each client's
 * critics. What a run never came to has no file.
 */
export function writeParams(folder: string, store: ParamStore, { global, clients }: FinalModels): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, refs: readonly (ParamRef | null | undefined)[]) => {
    const sets = refs.flatMap((ref) => (ref ? [store.get(ref)] : []));
    if (sets.length > 0) writeFileSync(join(folder, `${name}.safetensors`), writeSafetensors(sets));
  };
  write('global', [global.adapters, global.lora]);
  for (const objective of objectives) write(`reward-${objective}`, [global[objective]]);
  for (const { id, model, frozen } of clients) {
    write(id, [model.adapters, model.lora]);
    for (const objective of objectives) write(`${id}.critic-${objective}`, [frozen?.critics[objective]]);
  }
}
