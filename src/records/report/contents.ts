import { html, Html } from './html.js';

const heading = /<h2([^>]*)><i><\/i>(.*?)<\/h2>/gs;

/** A page's sections with anchors, and the list of them. */
export function withContents(sections: Html): { readonly contents: Html; readonly sections: Html } {
  const titles: { readonly id: string; readonly title: string }[] = [];
  const text = sections.text.replace(heading, (_, attributes: string, title: string) => {
    const id = `section-${titles.length + 1}`;
    titles.push({ id, title });
    return `<h2 id="${id}"${attributes}><i></i>${title}</h2>`;
  });
  // Titles come out of the page and are escaped already.
  const contents = html`<nav class="contents" aria-label="Contents">
    ${titles.map(({ id, title }) => html`<a href="#${id}">${new Html(title)}</a> `)}
  </nav>`;
  return { contents, sections: new Html(text) };
}
