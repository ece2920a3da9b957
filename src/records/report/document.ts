import { downloadScript } from './downloads.js';
import { html, Html } from './html.js';
import { style } from './style.js';

/**
 * A whole page with the look of the report: no request to anywhere, and no script but the one that hands charts out as
 * files.
 */
export function htmlDocument(title: string, main: Html): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>${main}</main>
        <script>
          ${new Html(downloadScript)};
        </script>
      </body>
    </html> `;
  return document.text;
}
