import { lookup } from "node:dns/promises";
import { get } from "node:http";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { failed, type Note, ok } from "@/lib/cli/doctor/finding";
import { describeNetworkError } from "@/lib/cli/portal/network-error";

const WITHIN_MS = 10_000;

/**
 * Goes the way to a server step by step: its name, its port, and with https its certificate. Notes each step, and returns
 * whether all of them worked. `who`: what the server is, as the first word of the checks.
 */
export async function reach(who: string, url: URL, note: Note): Promise<boolean> {
  return (await findName(who, url, note)) && (await findPort(who, url, note)) && (await checkTls(who, url, note));
}

const hostOf = ({ hostname }: URL): string => hostname.replaceAll(/^\[|\]$/g, "");
const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === "https:" ? 443 : 80));

async function findName(who: string, url: URL, note: Note): Promise<boolean> {
  const host = hostOf(url);
  const check = `${who} name`;
  if (isIP(host)) {
    note(ok(check, `${host} is an address and needs no look-up.`));
    return true;
  }
  try {
    const found = await lookup(host, { all: true });
    note(ok(check, `${host} is ${found.map(({ address }) => address).join(", ")}.`));
    return true;
  } catch (error) {
    const why = describeNetworkError(error);
    note(
      failed(check, `${host}: ${why}. Compare the name with the one you were given, and check the name servers here.`),
    );
    return false;
  }
}

async function findPort(who: string, url: URL, note: Note): Promise<boolean> {
  const check = `${who} connection`;
  const place = `${hostOf(url)}, port ${portOf(url)}`;
  try {
    await open(connectTcp({ host: hostOf(url), port: portOf(url) }), "connect");
    note(ok(check, `${place}, takes connections.`));
    return true;
  } catch (error) {
    const why = describeNetworkError(error);
    note(failed(check, `${place}: ${why}. Check the port, and ask whether a firewall or a VPN is in between.`));
    return false;
  }
}

async function checkTls(who: string, url: URL, note: Note): Promise<boolean> {
  if (url.protocol !== "https:") return true;
  const check = `${who} TLS`;
  try {
    await openTls(url, true);
    note(ok(check, `The certificate is valid for ${hostOf(url)}.`));
    return true;
  } catch (error) {
    const plain = await speaksHttp(url);
    const sentence = plain
      ? `${url.host} speaks plain http, and https is meant. Use ${url.origin.replace("https:", "http:")} only where the network is yours.`
      : `${url.host}: ${describeNetworkError(error)}.`;
    note(failed(check, sentence));
    return false;
  }
}

/** Whether a server that is meant to speak plain http speaks TLS. */
export const speaksTls = (url: URL): Promise<boolean> =>
  openTls(url, false).then(
    () => true,
    () => false,
  );

function openTls(url: URL, rejectUnauthorized: boolean): Promise<void> {
  const host = hostOf(url);
  const name = isIP(host) ? {} : { servername: host };
  return open(connectTls({ host, port: portOf(url), rejectUnauthorized, ...name }), "secureConnect");
}

/** Waits until a connection stands, and ends it. */
function open(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.setTimeout(WITHIN_MS, () => socket.destroy(Object.assign(new Error("too slow"), { code: "ETIMEDOUT" })));
    socket.once("error", reject).once(event, resolve);
    // A server that hangs up first says nothing.
    socket.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
  }).finally(() => socket.destroy());
}

function speaksHttp(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: hostOf(url), port: portOf(url), path: "/", timeout: WITHIN_MS, agent: false });
    request.once("response", (reply) => {
      reply.destroy();
      resolve(true);
    });
    request.once("timeout", () => request.destroy()).once("error", () => resolve(false));
  });
}
