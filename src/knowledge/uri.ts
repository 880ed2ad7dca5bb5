/** `kb://<source>/<path>`, each segment percent-encoded. */
export function documentUri(source: string, path: string): string {
  return `kb://${segment(source)}/${path.split("/").map(segment).join("/")}`;
}

/** The uri of a passage; of the document itself where the anchor is empty. */
export function passageUri(document: string, anchor: string): string {
  return anchor === "" ? document : `${document}#${encodeURIComponent(anchor).replaceAll("%7E", "~")}`;
}

/** File systems take half characters in names, which no uri can hold. */
const segment = (text: string): string => encodeURIComponent(text.toWellFormed());
