import type { AggregationStrategy } from './aggregation.js';
import { bulyan } from './bulyan.js';
import { ca2fl } from './ca2fl.js';
import { centeredClipping } from './centered-clipping.js';
import { coordinateMedian } from './coordinate-median.js';
import { fedadagrad } from './fedadagrad.js';
import { fedadam } from './fedadam.js';
import { fedasync } from './fedasync.js';
import { fedat } from './fedat.js';
import { fedavg } from './fedavg.js';
import { fedavgm } from './fedavgm.js';
import { fedbuff } from './fedbuff.js';
import { fedyogi } from './fedyogi.js';
import { geometricMedian } from './geometric-median.js';
import { inverseProbability } from './inverse-probability.js';
import { krum } from './krum.js';
import { multiKrum } from './multi-krum.js';
import { normClipping } from './norm-clipping.js';
import { port } from './port.js';
import { safa } from './safa.js';
import { trimmedMean } from './trimmed-mean.js';
import { uniform } from './uniform.js';

/** By the name that a scenario's `server.aggregation` gives. */
export const aggregations = {
  fedavg,
  uniform,
  'inverse-probability': inverseProbability,
  fedavgm,
  fedadagrad,
  fedadam,
  fedyogi,
  'coordinate-median': coordinateMedian,
  'trimmed-mean': trimmedMean,
  krum,
  'multi-krum': multiKrum,
  bulyan,
  'geometric-median': geometricMedian,
  'centered-clipping': centeredClipping,
  'norm-clipping': normClipping,
  fedasync,
  fedbuff,
  ca2fl,
  port,
  safa,
  fedat,
} as const satisfies Readonly<Record<string, AggregationStrategy>>;
