import type { HelpPlace, HelpReader, PlaceLink } from "@/lib/help/schema";

/** The link to a place; undefined where the reader may not open it, or has no project. */
export function findLink(place: HelpPlace, reader: HelpReader): PlaceLink | undefined {
  switch (place) {
    case "projects":
      return { href: "/projects", text: "Your projects" };
    case "api":
      return { href: "/api/docs", text: "The API" };
    case "tokens":
      return reader.tokens ? { href: "/account/tokens", text: "Access tokens" } : undefined;
    case "support":
      return reader.support ? { href: "/support", text: "Support" } : undefined;
    case "bulk-revoke":
      return reader.bulkRevoke ? { href: "/support/bulk-revoke", text: "Bulk revoke" } : undefined;
    case "administration":
      return reader.administration ? { href: "/admin", text: "Administration" } : undefined;
    default:
      return reader.project ? findProjectLink(place, reader.project) : undefined;
  }
}

type ProjectPlace = Exclude<HelpPlace, "projects" | "api" | "tokens" | "support" | "bulk-revoke" | "administration">;

function findProjectLink(place: ProjectPlace, project: NonNullable<HelpReader["project"]>): PlaceLink | undefined {
  const { slug, name } = project;
  const storage = `/projects/${slug}/object-storage`;
  switch (place) {
    case "dashboard":
      return { href: storage, text: `Object Storage Dashboard of ${name}` };
    case "buckets":
      return { href: `${storage}#buckets`, text: `Buckets of ${name}` };
    case "credentials":
      return project.keys
        ? { href: `${storage}#credentials`, text: `Object Storage Credentials of ${name}` }
        : undefined;
    case "keys":
      return project.keys ? { href: `${storage}/keys`, text: `S3 Keys of ${name}` } : undefined;
    case "members":
      return project.members ? { href: `/projects/${slug}/members`, text: `Members of ${name}` } : undefined;
    case "activity":
      return project.activity ? { href: `/projects/${slug}/activity`, text: `Activity of ${name}` } : undefined;
  }
}
