const PRODUCT = "latchkey";
const ADVICE = "Choose another one: a few words in a row that have nothing to do with each other are good.";

/**
 * Why a person may not have this new password, as a sentence; undefined when the person may. `isCommon` says whether it
 * is one of those that people use most. There are no rules about kinds of characters.
 */
export function describeWeakness(password: string, email: string, isCommon: boolean): string | undefined {
  if (isCommon) return `Too many people use this password, so it is guessed first. ${ADVICE}`;
  const [local = ""] = email.split("@");
  if (standsFor(password, email) || standsFor(password, local))
    return `This password is made of the e-mail address, so it is easily guessed. ${ADVICE}`;
  if (standsFor(password, PRODUCT))
    return `This password is made of the portal's name, so it is easily guessed. ${ADVICE}`;
  return undefined;
}

/** Whether a password is nothing but a name, once or repeated, with digits or signs anywhere. */
function standsFor(password: string, name: string): boolean {
  const folded = password.toLowerCase();
  if (folded === name.toLowerCase()) return true;
  const letters = lettersOf(folded);
  const word = lettersOf(name.toLowerCase());
  return word !== "" && letters !== "" && letters.replaceAll(word, "") === "";
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, "");
}
