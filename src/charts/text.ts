/** A line of text of a picture. */
export interface Line {
  readonly text: string;
  readonly style: TextStyle;
}

export type TextStyle = keyof typeof textStyles;

/** Heights of letters and lines in pixels. */
export const textStyles = {
  name: { size: 14, height: 20, weight: 600 },
  description: { size: 12, height: 16, weight: 400 },
  code: { size: 12, height: 16, weight: 400 },
} as const;

/**
 * Widths of letters in em, never less than in DejaVu Sans, which is wider than Arial, Helvetica, Roboto and Segoe UI:
 * no font that a viewer takes for "sans-serif" makes a text longer than its box.
 */
const widths = [
  { letters: /[iIJjl.,:;'’|]/, em: 0.34 },
  { letters: /[ !frt()[\]/\\"-]/, em: 0.42 },
  { letters: /[mMW@%—…#=<>+~]/, em: 1 },
  { letters: /[A-Zw&]/, em: 0.79 },
] as const;
const otherEm = 0.64;

/** Width of a line in pixels. */
export function widthOf({ text, style }: Line): number {
  const { size, weight } = textStyles[style];
  const em = [...text].reduce(
    (sum, letter) => sum + (widths.find(({ letters }) => letters.test(letter))?.em ?? otherEm),
    0,
  );
  return em * size * (weight > 400 ? 1.12 : 1);
}

/** Breaks a text at its spaces into lines of a width in pixels; a single word may be wider. */
export function wrapped(text: string, style: TextStyle, width: number): readonly Line[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf({ text: longer, style }) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => ({ text: line, style }));
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function sizeOf(lines: readonly Line[]): Size {
  return {
    width: lines.reduce((widest, line) => Math.max(widest, widthOf(line)), 0),
    height: lines.reduce((sum, { style }) => sum + textStyles[style].height, 0),
  };
}
