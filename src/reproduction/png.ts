import { messageOf, oneLine } from '../errors.js';

/** What is used of @resvg/resvg-js, which is optional. */
interface Resvg {
  readonly Resvg: new (
    svg: string,
    options: {
      readonly fitTo: { readonly mode: 'zoom'; readonly value: number };
      readonly font: {
        readonly loadSystemFonts: boolean;
        readonly defaultFontFamily: string;
        readonly sansSerifFamily: string;
      };
    },
  ) => { render(): { asPng(): Uint8Array }; getBBox(): unknown };
}

/** Draws an SVG file's text as a PNG's bytes. */
export type Rasterizer = (svg: string) => Uint8Array;

const packageName = '@resvg/resvg-js';
const pixelsPerUnit = 2;
/** It has no list of fonts to choose from, and takes one with serifs where this one is not there. */
const sansSerif = process.platform === 'linux' ? 'DejaVu Sans' : 'Arial';

/** What draws PNG files here; a string tells why nothing does, and what to do. `load` imports the package. */
export async function openRasterizer(
  load: () => Promise<unknown> = () => import(packageName),
): Promise<Rasterizer | string> {
  let resvg: Resvg;
  try {
    resvg = (await load()) as Resvg;
  } catch (error) {
    return (
      `PNG files are not written: ${packageName} cannot be loaded (${oneLine(messageOf(error))}); ` +
      `"npm install ${packageName}" brings it, and the SVG files are there`
    );
  }
  const draw = (svg: string) =>
    new resvg.Resvg(svg, {
      fitTo: { mode: 'zoom', value: pixelsPerUnit },
      font: { loadSystemFonts: true, defaultFontFamily: sansSerif, sansSerifFamily: sansSerif },
    });
  if (draw(letter).getBBox() === undefined) {
    return 'PNG files are not written: this machine has no font to write their labels with; install one, as fonts-dejavu-core';
  }
  return (svg) => draw(svg).render().asPng();
}

/** Without a font it has no extent. */
const letter = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="2" y="16">a</text></svg>`;
