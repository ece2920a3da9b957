import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { adaptersFolder, bottlenecksIn } from '../learning/interchange/adapters-folder.js';
import { gpt2Folder } from '../learning/interchange/gpt2-folder.js';
import { loraFactors } from '../learning/interchange/lora-modules.js';
import { mergedBase } from '../learning/interchange/merged-base.js';
import { peftLora } from '../learning/interchange/peft-lora.js';
import { peftConfig, peftWeights } from '../learning/interchange/peft-files.js';
import { writeFolder } from '../learning/interchange/write-folder.js';
import { isLlama } from '../learning/model/llama.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { openTrainedModel, type TrainedModel } from '../run/trained-model.js';
import { line, type Terminal } from './terminal.js';

/** Folders for a model of a run, in the layouts of other libraries. */
export interface ExportModelOptions {
  /** Number or id; absent: the global model. */
  readonly client?: string;
  /** The run's base model, where it is not where the scenario has it. */
  readonly model?: string;
  /** LoRA, for PEFT. */
  readonly peft?: string;
  /** A GPT-2 with LoRA merged, for transformers. */
  readonly merged?: string;
  /** Bottleneck adapters, for `adapters`. */
  readonly adapters?: string;
}

/**
 * The part of `pwff export` that writes models. UserError where there is nothing of what is asked for, or a merged
 * model would not be the model.
 */
export async function exportModel(
  run: string,
  options: ExportModelOptions,
  terminal: Terminal,
): Promise<void> {
  const { client, model = null, peft, merged, adapters } = options;
  const trained = await openTrainedModel(run, { client: client === undefined ? null : idOf(client), model });
  checkAsked(trained, options, run);
  const say = (text: string) => line(terminal.out, text);
  if (peft !== undefined) writePeft(peft, trained, say);
  if (merged !== undefined) await writeMerged(merged, trained, say);
  if (adapters !== undefined) writeAdapters(adapters, trained, say);
}

function idOf(client: string): string {
  return /^\d+$/.test(client) ? `client-${client}` : client;
}

/** Before anything is written. */
function checkAsked(
  { whose, lora, adapters, manifest, config }: TrainedModel,
  options: ExportModelOptions,
  run: string,
): void {
  const lacking = (option: string, what: string) =>
    new UserError(
      `${option}: ${whose} of ${run} has no ${what} (method ${manifest.scenario.method}), expected a model that has ` +
        'some; --client takes the number of a client',
    );
  if (isLlama(config) && (options.merged !== undefined || options.adapters !== undefined)) {
    throw new UserError(
      `${options.merged === undefined ? '--adapters' : '--merged'}: the model of ${run} is a ${config.llama.model_type}, ` +
        'expected a GPT-2; --peft writes its LoRA, and params/ in the folder of the run has its adapters',
    );
  }
  if (options.peft !== undefined && lora === null) throw lacking('--peft', 'LoRA');
  if (options.adapters !== undefined && adapters === null) throw lacking('--adapters', 'bottleneck adapters');
  if (options.merged === undefined || options.adapters !== undefined || adapters === null) return;
  throw new UserError(
    `--merged: ${whose} of ${run} has ${bottlenecksIn(adapters).length} bottleneck adapters, which no weight matrix ` +
      'can take up, expected --adapters <folder> as well, for the adapters that go with the merged weights',
  );
}

type Say = (text: string) => void;

function writePeft(to: string, trained: TrainedModel, say: Say): void {
  const { lora, adapters, manifest, config, folder, whose } = trained;
  const { tensors, config: stated } = peftLora(lora!, manifest.scenario.model.lora, config, folder);
  writeFolder(
    '--peft',
    to,
    new Map<string, string | ParamSet>([
      [peftConfig, `${JSON.stringify(stated, null, 2)}\n`],
      [peftWeights, tensors],
    ]),
  );
  say(`LoRA of ${whose}, ${loraFactors(lora!).length} modules, for PEFT: ${to}`);
  if (adapters)
    say(`  Without its ${bottlenecksIn(adapters).length} bottleneck adapters, which PEFT has no layout for.`);
}

async function writeMerged(to: string, trained: TrainedModel, say: Say): Promise<void> {
  const { lora, adapters, base, manifest, folder, whose } = trained;
  if (resolve(to) === folder) {
    throw new UserError(`--merged: ${to} is the folder of the base model, expected another`);
  }
  const merged = lora ? mergedBase(base, lora, manifest.scenario.model.lora) : base;
  const files = await gpt2Folder(folder, merged);
  writeFolder('--merged', to, files);
  say(`GPT-2 of ${whose}, ${lora ? 'LoRA merged' : 'it has no LoRA to merge'}, for transformers: ${to}`);
  if (adapters)
    say(`  Without its ${bottlenecksIn(adapters).length} bottleneck adapters, which are beside it.`);
  if (![...files.keys()].some((name) => name === 'tokenizer.json' || name === 'vocab.json')) {
    say(`  Without a tokenizer, as ${folder} has none.`);
  }
}

function writeAdapters(to: string, { adapters, lora, base, config, whose }: TrainedModel, say: Say): void {
  const { layout, files } = adaptersFolder(adapters!, base, config);
  writeFolder('--adapters', to, files);
  const count = bottlenecksIn(adapters!).length;
  const reader = layout === 'adapters' ? 'for the library adapters' : 'in pwff’s own layout (docs/export.md)';
  say(`${count} bottleneck adapters of ${whose}, ${reader}: ${to}`);
  if (lora) say('  They belong on the base with its LoRA, as --merged writes it.');
}
