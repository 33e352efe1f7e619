import { SEARCH_MAX, SEARCH_MIN, type SearchKind } from "@/lib/support/schema";

/** A text that is searched for, as the database has such texts. */
export type Search = { ok: true; by: SearchKind; text: string } | { ok: false; message: string };

/** Not seen, and often copied along: characters without width, and marks that turn the direction of a text. */
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Cs}]/gu;
/** The same at the ends of a text. A name may have some within: they join the parts of an emoji. */
const AROUND = /^[\p{Cf}\s]+|[\p{Cf}\s]+$|[\p{Cc}\p{Cs}]/gu;
/** 40 characters of the base64 alphabet with a lower case letter among them. No access key looks like this. */
const SECRET_FORM = /^(?=.*[a-z])[A-Za-z0-9/+]{40}$/;

const NAMES: Record<SearchKind, string> = {
  "access-key": "access key",
  email: "e-mail address",
  project: "project's name or slug",
};

/**
 * Reads what a person typed or pasted. An e-mail address in the place of an access key is searched for as one. Refuses
 * what is too short, too long, or looks like a secret key.
 */
export function readSearch(by: SearchKind, typed: string): Search {
  const visible = typed.replaceAll(by === "project" ? AROUND : INVISIBLE, "").trim();
  if (SECRET_FORM.test(visible))
    return refuse(
      "This looks like a secret key, so it was not searched for. Search for the access key instead, and treat this secret key as leaked.",
    );
  if (by === "access-key" && visible.includes("@")) return readSearch("email", visible);
  const text = by === "email" ? visible.toLowerCase() : by === "access-key" ? visible.replaceAll(/\s/g, "") : visible;
  if ([...text].length < SEARCH_MIN) return refuse(`Type at least ${SEARCH_MIN} characters of the ${NAMES[by]}.`);
  if (text.length > SEARCH_MAX) return refuse(`Type at most ${SEARCH_MAX} characters of the ${NAMES[by]}.`);
  if (by === "access-key" && !/^[A-Za-z0-9]+$/.test(text))
    return refuse(
      "This is no part of an access key: access keys have letters and digits only, most often 20 of them. Search by email or by project instead.",
    );
  return { ok: true, by, text };
}

const refuse = (message: string): Search => ({ ok: false, message });

/** So long is an access key id at least: a text of this length may be a whole one. */
const ID_MIN = 16;
/** Whether the text of a search by access key may be a whole one. */
export const mayBeWholeId = (text: string): boolean => text.length >= ID_MIN;
