import type { Kind } from './kind.js';
import { models, pefts, tokenizers } from './models.js';
import { journals, records, studyFolders } from './runs.js';
import { datasets, scenarios, studies, traces } from './texts.js';

export const kinds: readonly Kind[] = [
  scenarios,
  studies,
  models,
  tokenizers,
  datasets,
  traces,
  journals,
  records,
  studyFolders,
  pefts,
];
