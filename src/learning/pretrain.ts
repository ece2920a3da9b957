import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pretrainingCorpus } from './data/embedded/pretraining.js';
import { promptText, responseText, templates } from './data/template.js';
import { exampleTable } from './data/tokenize.js';
import { createTokenizer } from './data/tokenizer.js';
import { trainTokenizer } from './data/train-tokenizer.js';
import { selectBackend, type BackendChoice } from './model/backend.js';
import type { ModelConfig } from './model/config.js';
import { embeddedRecipe, embeddedShape } from './model/embedded.js';
import { writeSafetensors } from './params/safetensors.js';
import { pretrain, type PretrainProgress } from './training/pretrain.js';

export interface PretrainEmbeddedOptions {
  readonly outFolder: string;
  readonly steps: number;
  readonly seed: number;
  readonly backend: BackendChoice;
  readonly onProgress?: (progress: PretrainProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains tokenizer and base model on the embedded, synthetic corpus and writes `tokenizer.json`,
 * `config.json` and `model.safetensors` in Hugging Face's formats. An abort leaves the folder as it was.
 */
export async function pretrainEmbedded(options: PretrainEmbeddedOptions): Promise<void> {
  const { outFolder, steps, seed, backend } = options;
  await selectBackend(backend);
  const corpus = pretrainingCorpus(seed, embeddedRecipe.rows);
  const texts = corpus
    .slice(0, embeddedRecipe.tokenizerRows)
    .map(
      (example) => promptText(templates.compact, example) + responseText(templates.compact, example.output),
    );
  const tokenizerJson = trainTokenizer(texts, embeddedShape.vocab_size);
  const tokenizer = createTokenizer(tokenizerJson);
  const config: ModelConfig = { ...embeddedShape, eos_token_id: tokenizer.endOfText };
  const base = await pretrain({
    ...embeddedRecipe,
    ...options,
    config,
    rows: exampleTable(corpus, tokenizer, templates.compact, config.n_positions).table,
    warmupSteps: Math.min(embeddedRecipe.warmupSteps, steps),
  });
  mkdirSync(outFolder, { recursive: true });
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(join(outFolder, 'tokenizer.json'), json(tokenizerJson));
  writeFileSync(join(outFolder, 'config.json'), json({ model_type: 'gpt2', ...config }));
  writeFileSync(join(outFolder, 'model.safetensors'), writeSafetensors([base]));
}
