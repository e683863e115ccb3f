/** How a child grew: the picture drawn on the phone, the latest in words, and the numbers as a table. */

import { html, nothing, svg } from "lit-html";

import type { GrowthLine, Grown } from "../../field/pulled";
import { PAPER, type Plot, plotted } from "../../pictures/plotted";
import type { Desk } from "./page";
import type { Piece } from "./pieces";

const { width, height, left, right, top, bottom } = PAPER;

/** Where the lines have not been fetched, or nothing fits them, the words and the table stand alone. */
export function grownPart({ words }: Desk, lines: Readonly<Record<string, readonly GrowthLine[]>>, grown: Grown): Piece {
  const { title, note, columns, rows } = grown;
  const plot = plotted(lines[grown.lines ?? ""] ?? [], grown.points ?? [], grown.until ?? 0);
  const table = html`<div class="wide-table" tabindex="0" role="region" aria-label=${title}><table class="table"><thead><tr>${columns.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
  if (!plot) return html`<details class="sheet pad"><summary><h2>${title}</h2><span>${note}</span></summary>${table}</details>`;
  return html`<section class="sheet pad grown"><h2>${title}</h2>${picture(plot, grown, columns[1] ?? "")}<p>${note}</p>
    <details><summary class="quiet">${words.asTable}</summary>${table}</details></section>`;
}

/** Time runs to the right in every language, as on the cards the lines come from. */
function picture({ lines, child, months, values }: Plot, { title, note, unit = "" }: Grown, monthsSaid: string): Piece {
  return html`<svg class="growth" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. ${note}" direction="ltr">
    ${values.map(({ y, said }) => svg`<line x1=${left} x2=${right} y1=${y} y2=${y} stroke="#dbe3e0" /><text x=${left - 5} y=${y + 4} text-anchor="end">${said}</text>`)}
    ${months.map(({ x, said }) => svg`<line x1=${x} x2=${x} y1=${bottom} y2=${bottom + 4} stroke="#7f908b" /><text x=${x} y=${bottom + 17} text-anchor="middle">${said}</text>`)}
    <line x1=${left} x2=${right} y1=${bottom} y2=${bottom} stroke="#7f908b" />
    <text x=${left - 5} y=${top - 8} text-anchor="middle">${unit}</text><text x=${(left + right) / 2} y=${height - 4} text-anchor="middle">${monthsSaid}</text>
    ${lines.map(({ name, path, color, dash, end }) => svg`<path d=${path} fill="none" stroke=${color} stroke-width="1.3" stroke-dasharray=${dash || nothing} /><text x=${right + 4} y=${end + 4} fill=${color}>${name}</text>`)}
    <path d=${child.path} fill="none" stroke=${child.color} stroke-width="2.5" />
    ${child.dots.map(({ x, y }) => svg`<circle cx=${x} cy=${y} r="4" fill=${child.color} />`)}
  </svg>`;
}
