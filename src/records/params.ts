import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientContext } from '../../machines/client.js';
import type { Model } from '../../machines/events.js';
import { objectives } from '../learning/objective.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import { writeSafetensors } from '../learning/params/safetensors.js';
import type { ParamStore } from '../learning/params/store.js';
import { groupedBy } from '../grouped.js';
import type { Slot } from '../strategies/methods/method.js';
import { changesIn, partsOf } from '../strategies/methods/parts.js';
import { mostWithOwnFiles, packOf, packed, packsFile, packsIndex, type NamedSets } from './param-packs.js';
import { defaultParams, type ParamsChoice } from './params-choice.js';
import { writeWhole } from './write-whole.js';

/** The models at the end of a run. */
export interface FinalModels {
  readonly global: Model;
  readonly clients: readonly ClientContext[];
  /** The global model as it is for a client. */
  readonly globalFor: (client: string) => Model;
}

/** A file of parameters, to be written. */
export interface ParamFile {
  readonly path: string;
  write(): void;
}

/**
 * What was trained, in safetensors: `global.safetensors` and `<client>.safetensors` hold adapters and LoRA (slots of
 * other names have files of their own: `tunedFile`; so has each change of the base: `global.<part>`), `reward-*.safetensors` the global reward models, `<client>.critic-*.safetensors` each client's critics. What
 * a run never came to has no file. The clients' share packs where they are many. And `holdings.json`: which parts of the
 * global model each client holds. `choice` leaves out those of the clients, with the holdings, or all.
 */
export function paramFiles(
  folder: string,
  store: ParamStore,
  slots: readonly Slot[],
  models: FinalModels,
  choice: ParamsChoice = defaultParams,
): ParamFile[] {
  if (choice === 'none') return [];
  const { global, clients } = models;
  const named = (name: string, refs: readonly (ParamRef | null | undefined)[]): Named[] => {
    const held = refs.filter((ref) => ref !== null && ref !== undefined);
    return held.length === 0 ? [] : [{ name, held }];
  };
  const tuned = (owner: string, model: Model): Named[] => {
    const parts = partsOf({ slots }).map(({ name, slot }) => [tunedFile(owner, slot), model[name]] as const);
    return [...groupedBy(parts, ([name]) => name)].flatMap(([name, own]) =>
      named(
        name,
        own.map(([, ref]) => ref),
      ),
    );
  };
  const setsOf = ({ name, held }: Named): NamedSets => ({ name, sets: held.map((ref) => store.get(ref)) });
  const file = (of: Named): ParamFile => {
    const path = join(folder, `${of.name}.safetensors`);
    return { path, write: () => writeSets(path, setsOf(of).sets) };
  };
  const ofServer = [
    ...tuned('global', global),
    ...changesIn(global).flatMap((part) => named(`global.${part}`, [global[part]])),
    ...objectives.flatMap((objective) => named(`reward-${objective}`, [global[objective]])),
  ].map(file);
  if (choice === 'global') return ofServer;
  const ofClients = clients.flatMap(({ id, model, frozen }) => [
    ...tuned(id, model),
    ...objectives.flatMap((objective) => named(`${id}.critic-${objective}`, [frozen?.critics[objective]])),
  ]);
  const holdings = { path: join(folder, holdingsFile), write: () => writeHoldings(folder, models) };
  const isPacked = clients.length > mostWithOwnFiles;
  return [
    ...ofServer,
    ...(isPacked ? packFiles(folder, ofClients.map(setsOf)) : ofClients.map(file)),
    holdings,
  ];
}

/** A file of parameters without its ending, and what is to stand in it. */
interface Named {
  readonly name: string;
  readonly held: readonly ParamRef[];
}

function packFiles(folder: string, files: readonly NamedSets[]): ParamFile[] {
  const packs = packed(files);
  const index = join(folder, packsFile);
  return [
    ...packs.map((pack, place) => {
      const { file, sets } = packOf(pack, place);
      const path = join(folder, file);
      return { path, write: () => writeSets(path, sets) };
    }),
    { path: index, write: () => writeWhole(index, `${JSON.stringify(packsIndex(packs), null, 2)}\n`) },
  ];
}

/**
 * The file of a slot without its ending. Slots that are called by their kind share one, for no two tensors of them
 * have one name.
 */
export function tunedFile(owner: string, { name, kind }: Pick<Slot, 'name' | 'kind'>): string {
  return name === kind ? owner : `${owner}.${name}`;
}

/** Parts of the global model by the client that holds them. */
export type Holdings = Readonly<Record<string, readonly string[]>>;

export const holdingsFile = 'holdings.json';

function writeHoldings(folder: string, { globalFor, clients }: FinalModels): void {
  const holdings: Holdings = Object.fromEntries(
    clients.map(({ id, held }) => {
      const global = globalFor(id);
      return [id, Object.keys(global).filter((part) => held.includes(global[part]?.hash ?? ''))];
    }),
  );
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, holdingsFile), `${JSON.stringify(holdings, null, 2)}\n`);
}

function writeSets(path: string, sets: readonly ParamSet[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, writeSafetensors(sets));
}
