import type { Card, CardSlot } from "@/lib/access-keys/schema";
import { Failure } from "@/lib/cli/failure";
import { openPortal, pathOf, type Portal } from "@/lib/cli/portal/portal";
import { findProfile, type Profile } from "@/lib/cli/profiles/profiles";
import type { Format } from "@/lib/cli/terminal/output";
import type { Terminal } from "@/lib/cli/terminal/terminal";

/** What every command takes. */
export interface GlobalOptions {
  profile?: string;
  project?: string;
  region?: string;
  output?: Format;
  yes?: boolean;
}

/** What a command works with: where it reads and writes, and the portal of the profile. */
export interface Context {
  terminal: Terminal;
  options: GlobalOptions;
  profile: Profile;
  portal: Portal;
}

/** Opens the portal of the profile that the options name. Throws when nobody is signed in. */
export async function openContext(terminal: Terminal, options: GlobalOptions): Promise<Context> {
  const profile = await findProfile(terminal, options.profile);
  return { terminal, options, profile, portal: openPortal(profile.url, profile.token) };
}

/** The project of the command: the option, LATCHKEY_PROJECT, the profile's, or the only one. Throws when none is meant. */
export async function findProject({ terminal, options, profile, portal }: Context): Promise<string> {
  const given = options.project ?? (terminal.env.LATCHKEY_PROJECT || profile.project);
  if (given) return given;
  const { projects } = await portal.get<{ projects: { project: string }[] }>("/projects");
  const [only, ...more] = projects;
  if (only && more.length === 0) return only.project;
  throw new Failure("usage", "Name the project with --project. To see yours: latchkey projects");
}

/** All regions of the project, with its keys there. */
export async function readCards(context: Context): Promise<{ project: string; cards: Card[] }> {
  const project = await findProject(context);
  const { cards } = await context.portal.get<{ cards: Card[] }>(`${pathOf("projects", project)}/regions`);
  // These stand in the files of clients, and in commands: no sign may end a line or a word there.
  const fits = ({ region }: Card) =>
    FITS.test(`${region.name} ${region.endpoint}`) && !/\p{Cc}/u.test(region.signingRegion);
  if (!cards.every(fits)) throw new Failure("unexpected", `The regions of ${context.portal.url} cannot be used.`);
  return { project, cards };
}

/** A slug, and an address. */
const FITS = /^[a-z0-9-]+ https?:\/\/[\w.:[\]/~-]+$/;

export interface Place {
  project: string;
  card: Card;
  /** The path of the API. */
  path: string;
}

/** The project and the region of the command: the option, LATCHKEY_REGION, the profile's, or the only region. */
export async function findPlace(context: Context): Promise<Place> {
  const { project, cards } = await readCards(context);
  const { terminal, options, profile } = context;
  const name = options.region ?? (terminal.env.LATCHKEY_REGION || profile.region);
  const card = cards.length === 1 && !name ? cards[0] : cards.find(({ region }) => region.name === name);
  if (card) return { project, card, path: pathOf("projects", project, "regions", card.region.name) };
  const names = cards.map(({ region }) => region.name).join(", ");
  if (cards.length === 0) throw new Failure("notAllowed", `The project ${project} has no region.`);
  if (!name) throw new Failure("usage", `Name the region with --region: ${names}.`);
  throw new Failure("notAllowed", `The project ${project} has no region ${name}. It has: ${names}.`);
}

/** The default key of a card, or a named key of it. Throws when there is no such key. */
export function findSlot(card: Card, name: string | undefined): CardSlot {
  const slot = name === undefined ? card : card.named.find((other) => other.name === name);
  if (slot) return slot;
  throw new Failure("notAllowed", `There is no key with the name ${name} in ${card.region.name}.`);
}
