/** The dialect that the AWS tools, s3cmd and rclone share. A header may follow the mark of the byte order. */
const HEADER = /^\uFEFF?[ \t]*\[([^\]\r\n]*)\]/;
const BLANK_OR_COMMENT = /^[ \t]*([#;].*)?\r?\n?$/;
const SETTING = /^([ \t]*)([^\s=:#;[][^=:]*?)[ \t]*[=:][ \t]*(.*?)\s*$/;

interface Section {
  /** As it stands between the brackets. */
  header: string;
  /** From its header to its last setting. What follows, blank lines and comments, belongs to the next section. */
  from: number;
  to: number;
}

/** Tells which headers mean the same section. */
export type NameOf = (header: string) => string;

const trimmed: NameOf = (header) => header.trim();

/**
 * Puts the sections of `text` into a file: each takes the place of the section of the same name, or stands at the end.
 * Nothing else changes, byte for byte, and the new lines end as the first line of the file does.
 */
export function replaceSections(file: string, text: string, nameOf: NameOf = trimmed): string {
  const lineEnd = /^[^\n]*\r\n/.test(file) ? "\r\n" : "\n";
  return findSections(text).reduce((merged, { header, from, to }) => {
    const section = text.slice(from, to).replaceAll("\n", lineEnd);
    return replaceSection(merged, nameOf(header), section, lineEnd, nameOf);
  }, file);
}

function replaceSection(file: string, name: string, section: string, lineEnd: string, nameOf: NameOf): string {
  const [first, ...more] = findSections(file).filter(({ header }) => nameOf(header) === name);
  if (!first) return file + separatorAfter(file, lineEnd) + section;
  // Programs that read the file refuse a second section of the name, or mix the two.
  const rest = more.toReversed().reduce((text, { from, to }) => text.slice(0, from) + text.slice(to), file);
  const after = rest.slice(first.to);
  const hadLineEnd = after !== "" || rest.slice(first.from, first.to).endsWith("\n");
  return rest.slice(0, first.from) + (hadLineEnd ? section : section.slice(0, -lineEnd.length)) + after;
}

function separatorAfter(file: string, lineEnd: string): string {
  if (file === "" || file === "\uFEFF" || /\n[ \t]*\r?\n$/.test(file)) return "";
  return file.endsWith("\n") ? lineEnd : lineEnd + lineEnd;
}

/** The settings of the section, or undefined when there is none. A nested setting is `s3.endpoint_url`. */
export function readSection(file: string, name: string, nameOf: NameOf = trimmed): Record<string, string> | undefined {
  const found = findSections(file).filter(({ header }) => nameOf(header) === name);
  if (found.length === 0) return undefined;
  const settings: Record<string, string> = {};
  let parent = "";
  for (const line of found.flatMap(({ from, to }) => splitLines(file.slice(from, to)))) {
    const [, indent = "", key = "", value = ""] = SETTING.exec(line) ?? [];
    if (key === "") continue;
    if (indent === "") parent = value === "" ? key : "";
    settings[indent !== "" && parent !== "" ? `${parent}.${key}` : key] = value;
  }
  return settings;
}

function findSections(file: string): Section[] {
  const sections: Section[] = [];
  let at = 0;
  for (const line of splitLines(file)) {
    const header = HEADER.exec(line)?.[1];
    const end = at + line.length;
    if (header !== undefined) sections.push({ header, from: line.startsWith("\uFEFF") ? at + 1 : at, to: end });
    else if (!BLANK_OR_COMMENT.test(line)) {
      const last = sections.at(-1);
      if (last) last.to = end;
    }
    at = end;
  }
  return sections;
}

const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
