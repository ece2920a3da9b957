import type { Stage } from '../../machines/protocol.js';
import type { MethodName } from '../strategies/methods/index.js';

/*
 * What Figs. 4 and 5 of the paper (section V-B) show, as data: whom, which two quantities, and of which stage.
 */

export type FigureName = 'fig4' | 'fig5';

/** A column of a figure: its name in reproduce.json, and the figure of a run that it is (src/comparison/figures.ts). */
export interface Quantity {
  readonly name: string;
  readonly figure: string;
  readonly head: string;
  /** Whether it is of messages, so that a preset and a closed form say something of it. */
  readonly onAir?: 'delaySeconds' | 'energyJoules';
  /** Whether the paper's figure shows it. */
  readonly isInPaper: boolean;
}

export interface PaperFigure {
  readonly name: FigureName;
  readonly title: string;
  readonly methods: readonly MethodName[];
  /** The stage whose messages it is about. */
  readonly stage: Stage;
  /** Whose quantities are measured when it has ended: what has to run. */
  readonly lastStage: Stage;
  readonly quantities: readonly Quantity[];
  /** What its columns cover, for everybody who reads them. */
  readonly reading: string;
}

export const paperFigures: Readonly<Record<FigureName, PaperFigure>> = {
  fig4: {
    name: 'fig4',
    title: 'Fig. 4: instruction tuning',
    methods: ['pwff', 'vanilla-fl', 'fedada', 'fedlora'],
    stage: 'instruction',
    lastStage: 'instruction',
    quantities: [
      { name: 'accuracy', figure: 'accuracy', head: 'own accuracy', isInPaper: true },
      {
        name: 'sharedAccuracy',
        figure: 'sharedAccuracy',
        head: 'accuracy on what others were taught',
        isInPaper: false,
      },
      {
        name: 'delaySecondsPerRound',
        figure: 'instructionDelaySecondsPerRound',
        head: 'communication delay per round',
        onAir: 'delaySeconds',
        isInPaper: true,
      },
    ],
    reading:
      'The paper calls this phase federated instruction tuning: it is stage 1 (Steps 1.1–1.5). Delay is what a client’s download ' +
      'and upload of a round are in transit together, the mean over the clients; the download of Step 1.1 counts in ' +
      'round 1.',
  },
  fig5: {
    name: 'fig5',
    title: 'Fig. 5: alignment tuning',
    methods: ['pwff', 'sfl', 'pfl', 'shepherd'],
    stage: 'alignment',
    lastStage: 'alignment',
    quantities: [
      { name: 'reward', figure: 'reward', head: 'helpful + harmless score', isInPaper: true },
      {
        name: 'energyJoulesPerRound',
        figure: 'alignmentEnergyJoulesPerRound',
        head: 'transmission energy per round, stage 3 alone',
        onAir: 'energyJoules',
        isInPaper: true,
      },
    ],
    reading:
      'Section V-B names energy under federated alignment tuning: it is that of stage 3 alone (Steps 3.2–3.5), of all clients, ' +
      'downloads and uploads. The reward models that stage 2 sends before are in no figure of the paper. The score is ' +
      'each client’s sum of the standardised helpful and harmless scores, weighted as that client wants them; the weights sum to 1. ' +
      'Under SFL and Shepherd, which have no harmless reward model, a judge that measurement trains beside the run gives that score.',
  },
};

export const figureNames = Object.keys(paperFigures) as readonly FigureName[];

/** Not in the paper: the floor, each client alone, and the ceiling, all data in one place. */
export const besideTheFigures: readonly MethodName[] = ['local-only', 'centralised'];

export const referenceMethod: MethodName = 'pwff';
