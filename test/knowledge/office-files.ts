import { crc32, deflateRawSync } from "node:zlib";

/** A PDF of one page a list of lines, each with its type size; written by hand so that no tool is needed. */
export function pdfOf(pages: readonly (readonly { readonly text: string; readonly size: number }[])[]): Uint8Array {
  const objects: string[] = [];
  const pageIds = pages.map((_, i) => 4 + i * 2);
  objects[1] = "<< /Type /Catalog /Pages 2 0 R >>";
  objects[2] = `<< /Type /Pages /Kids [${pageIds.map((id) => `${id} 0 R`).join(" ")}] /Count ${pages.length} >>`;
  objects[3] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
  pages.forEach((lines, i) => {
    let y = 780;
    const content = lines
      .map(({ text, size }) => {
        y -= size * 1.4;
        return `BT /F1 ${size} Tf 50 ${y} Td (${text.replace(/[\\()]/g, "\\$&")}) Tj ET`;
      })
      .join("\n");
    objects[pageIds[i]!] =
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${pageIds[i]! + 1} 0 R >>`;
    objects[pageIds[i]! + 1] = `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
  });
  let file = "%PDF-1.4\n";
  const offsets: number[] = [];
  objects.forEach((object, id) => {
    offsets[id] = file.length;
    file += `${id} 0 obj\n${object}\nendobj\n`;
  });
  const start = file.length;
  const rows = objects.map((_, id) => (id === 0 ? "" : `${String(offsets[id]).padStart(10, "0")} 00000 n \n`)).join("");
  file += `xref\n0 ${objects.length}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

/** The PDF with a property in its information dictionary, added as an incremental update. */
export function withCustomProperty(pdf: Uint8Array, name: string, value: string): Uint8Array {
  const file = Buffer.from(pdf).toString("latin1");
  const id = Number(/\/Size (\d+)/.exec(file)![1]);
  const before = /startxref\n(\d+)/.exec(file)![1];
  const object = `${id} 0 obj\n<< /${name} (${value}) >>\nendobj\n`;
  const start = file.length + 1 + object.length;
  const row = `${String(file.length + 1).padStart(10, "0")} 00000 n \n`;
  const trailer = `trailer\n<< /Size ${id + 1} /Root 1 0 R /Info ${id} 0 R /Prev ${before} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(`${file}\n${object}xref\n${id} 1\n${row}${trailer}`, "latin1");
}

/** A ZIP container with these parts, deflated. */
export function zipOf(parts: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const path = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, path, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, tail, path]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A Word document: each entry a paragraph with a style id, a list item, or a table of rows. */
export function docxOf(
  content: readonly (
    | { readonly text: string; readonly style?: string; readonly item?: boolean }
    | { readonly rows: readonly (readonly string[])[] }
  )[],
  properties: Readonly<Record<string, string>> = {},
): Uint8Array {
  const paragraph = (text: string, properties = ""): string =>
    `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const body = content
    .map((entry) => {
      if ("rows" in entry)
        return `<w:tbl>${entry.rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join("")}</w:tr>`).join("")}</w:tbl>`;
      return paragraph(
        entry.text,
        `${entry.style ? `<w:pStyle w:val="${entry.style}"/>` : ""}${entry.item ? '<w:numPr><w:ilvl w:val="0"/></w:numPr>' : ""}`,
      );
    })
    .join("");
  return zipOf({
    "[Content_Types].xml": "<Types/>",
    "word/document.xml": `<?xml version="1.0"?><w:document xmlns:w="x"><w:body>${body}</w:body></w:document>`,
    "word/styles.xml":
      '<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>',
    "docProps/custom.xml": `<Properties>${Object.entries(properties)
      .map(([name, value]) => `<property fmtid="{D5}" pid="2" name="${name}"><vt:lpwstr>${value}</vt:lpwstr></property>`)
      .join("")}</Properties>`,
    "docProps/core.xml":
      "<cp:coreProperties><dc:title>Travel &amp; more</dc:title><cp:keywords>trips, journeys</cp:keywords></cp:coreProperties>",
  });
}
