import { Secret } from "@/lib/platform/secret";
import type { LostRegion, Region } from "../region";
import { AdminError } from "./admin-error";
import { accessKeyId, accountId, listQuery, patchKeyBody, putAccountBody, putKeyBody } from "./schema";
import { describeAccount, describeBuckets, describeKey, describeUsage } from "./views";

export interface AdminRequest {
  method: string;
  /** Decoded segments after `/v1`. */
  path: readonly string[];
  query: Record<string, string>;
  /** Parsed JSON; undefined when there is no body. */
  body: unknown;
}

export interface AdminReply {
  status: number;
  body?: unknown;
}

/** Answers one authenticated admin request. Throws AdminError, or ZodError for a malformed field. */
export async function answerAdmin(
  regions: ReadonlyMap<string, Region | LostRegion>,
  request: AdminRequest,
): Promise<AdminReply> {
  const [root, regionName, collection, ...rest] = request.path;
  if (root === "health" && regionName === undefined) return get(request, () => ({ status: "ok" }));
  if (root !== "regions" || regionName === undefined)
    throw new AdminError(404, "NotFound", "There is no such resource.");
  const region = regions.get(regionName);
  if (!region) throw new AdminError(404, "NoSuchRegion", "There is no such region.");
  if (collection === undefined) {
    return get(request, () => ({
      name: region.name,
      signingRegion: region.signingRegion,
      time: new Date().toISOString(),
      folder: region.folder,
      ...("lost" in region ? { lost: region.lost } : { store: region.storeId }),
    }));
  }
  if (collection !== "accounts") throw new AdminError(404, "NotFound", "There is no such resource.");
  return "lost" in region ? answerLost(rest, request) : answerAccounts(region, rest, request);
}

/** A region that is lost has no accounts. Nothing can be added to it, and no removal can be promised. */
function answerLost(path: readonly string[], { method }: AdminRequest): AdminReply {
  if (method !== "GET") throw new AdminError(503, "StoreLost", "The store of this region is not there.");
  if (path.length > 0) throw noSuchAccount();
  return { status: 200, body: { accounts: [] } };
}

async function answerAccounts(region: Region, path: readonly string[], request: AdminRequest): Promise<AdminReply> {
  const [account, what, keyId, ...rest] = path;
  if (rest.length > 0) throw new AdminError(404, "NotFound", "There is no such resource.");
  if (account === undefined) {
    return get(request, () => {
      const { cursor, limit } = listQuery.parse(request.query);
      const page = region.accounts.listAccounts(cursor, limit);
      return { accounts: page.accounts.map(describeAccount), next: page.next };
    });
  }
  const id = accountId.parse(account);
  if (what === undefined) return putAccount(region, id, request);
  if (what === "keys" && keyId !== undefined) return answerKey(region, id, accessKeyId.parse(keyId), request);
  if (!["keys", "usage", "buckets"].includes(what) || keyId !== undefined)
    throw new AdminError(404, "NotFound", "There is no such resource.");
  return get(request, () => {
    if (!region.accounts.findAccount(id)) throw noSuchAccount();
    if (what === "keys") return { keys: region.accounts.listKeys(id).map(describeKey) };
    if (what === "usage") return describeUsage(region, id, Date.now());
    return { buckets: describeBuckets(region, id) };
  });
}

async function putAccount(region: Region, id: string, request: AdminRequest): Promise<AdminReply> {
  if (request.method !== "PUT") throw methodNotAllowed();
  await region.accounts.putAccount(id, putAccountBody.parse(request.body).displayName);
  const account = region.accounts.findAccount(id);
  return { status: 200, body: account && describeAccount(account) };
}

async function answerKey(region: Region, account: string, id: string, request: AdminRequest): Promise<AdminReply> {
  switch (request.method) {
    case "PUT": {
      const { secretAccessKey, tag, notAfter, access } = putKeyBody.parse(request.body);
      const outcome = await region.accounts.putKey({
        account,
        accessKeyId: id,
        secret: new Secret(secretAccessKey),
        tag,
        notAfter,
        access,
      });
      if (outcome.ok) return { status: outcome.created ? 201 : 200, body: describeKey(outcome.key) };
      throw outcome.reason === "NoSuchAccount"
        ? noSuchAccount()
        : new AdminError(409, "KeyExists", "The access key id is in use.");
    }
    case "PATCH": {
      const outcome = await region.accounts.changeKey(account, id, patchKeyBody.parse(request.body));
      if (!outcome.ok) throw missing(outcome.reason);
      await region.store.settled();
      return { status: 200, body: describeKey(outcome.key) };
    }
    case "DELETE": {
      const outcome = await region.accounts.removeKey(account, id);
      if (!outcome.ok) throw missing(outcome.reason);
      // Writes that this key was allowed may still be on their way to the disk. None may end after this answer.
      await region.store.settled();
      return { status: 204 };
    }
    default:
      throw methodNotAllowed();
  }
}

function get(request: AdminRequest, body: () => unknown): AdminReply {
  if (request.method !== "GET") throw methodNotAllowed();
  return { status: 200, body: body() };
}

function missing(reason: "NoSuchAccount" | "NoSuchKey"): AdminError {
  return reason === "NoSuchAccount" ? noSuchAccount() : new AdminError(404, "NoSuchKey", "There is no such key.");
}

function noSuchAccount(): AdminError {
  return new AdminError(404, "NoSuchAccount", "There is no such account.");
}

function methodNotAllowed(): AdminError {
  return new AdminError(405, "MethodNotAllowed", "The method is not allowed here.");
}
