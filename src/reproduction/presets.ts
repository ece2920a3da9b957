import { presets as paperPresets, type PresetName as PaperPreset } from '../radio/payload/presets.js';

/** What is on the air. */
export type ReproductionPreset = 'embedded' | PaperPreset;

export interface PresetOnAir {
  /** What every label says of it. */
  readonly label: string;
  readonly states: string;
  /** Whose shapes the messages have, and how they differ from it; null: the runs' own messages. */
  readonly shapes: { readonly scenario: string; readonly settings: readonly string[] } | null;
}

const learning = 'accuracy and score are of the embedded model';

function ofPaper(name: PaperPreset, rank: number): PresetOnAir {
  const { settings, states } = paperPresets[name];
  return {
    label: `learning: embedded model; on the air: GPT-2, rank ${rank}`,
    states:
      `${name}: ${learning}; delay and energy are of messages as large as those of GPT-2 small with 36 adapters ` +
      `and LoRA of ${states}. Every attempt at them is drawn on the scenario’s own link, under the same seeds; ` +
      'GPT-2 itself is with every client before the first round.',
    shapes: { scenario: 'paper', settings: [...settings, 'model.preinstalled=true'] },
  };
}

export const reproductionPresets: Readonly<Record<ReproductionPreset, PresetOnAir>> = {
  embedded: {
    label: 'learning and messages: embedded model',
    states:
      `embedded: ${learning}, and delay and energy are of its own messages, as the runs sent them; ` +
      'Step 1.1 sends the base model too.',
    shapes: null,
  },
  'paper-literal': ofPaper('paper-literal', 96),
  'paper-energy': ofPaper('paper-energy', 8),
};

export const presetNames = Object.keys(reproductionPresets) as readonly ReproductionPreset[];
