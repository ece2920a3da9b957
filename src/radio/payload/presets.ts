/** Settings of the paper under one name. */
export interface Preset {
  /** As `--set` takes them. */
  readonly settings: readonly string[];
  readonly states: string;
}

export type PresetName = 'paper-literal' | 'paper-energy';

/**
 * By the name that `--preset` gives. Neither is claimed to be what the authors ran: at section V-A's rank
 * section V-B's figure does not come out.
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'paper-literal': {
    settings: ['model.lora.r=96'],
    states: 'rank 96, as section V-A prints it; not claimed to be what the authors ran',
  },
  'paper-energy': {
    settings: ['model.lora.r=8'],
    states: 'rank 8, which gives the 43 % of section V-B; not claimed to be what the authors ran',
  },
};
