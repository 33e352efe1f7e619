import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, type Test } from "../fixtures/test";
import { askGateway } from "../fixtures/ask-gateway";

export function testRefusedActions(test: Test, region: string): void {
  test("an action of another origin is refused, and is not there for whoever may not do it", async ({
    openAs,
    portal,
  }) => {
    const page = await openAs("member+");
    const credentials = new CredentialsPage(page, portal);
    await credentials.open();
    const request = page.waitForRequest(
      (sent) => sent.method() === "POST" && sent.headers()["next-action"] !== undefined,
    );
    const key = await credentials.issue(region);
    const sent = await request;
    await credentials.hideSecret();
    const headers = sent.headers();
    const body = (sent.postData() ?? "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, randomUUID());
    const call = async (origin: string, cookie: string) => {
      const reply = await fetch(sent.url(), {
        method: "POST",
        headers: {
          accept: "text/x-component",
          "content-type": headers["content-type"] ?? "text/plain;charset=UTF-8",
          "next-action": headers["next-action"] ?? "",
          origin,
          cookie,
        },
        body,
      });
      return { status: reply.status, text: await reply.text() };
    };
    expect((await call("https://evil.example", await readCookie(page))).status).toBe(403);
    const anonymous = await call(portal.url, "");
    expect(anonymous.text).toContain("UNAUTHENTICATED");
    for (const role of ["member", "support", "platform-admin"]) {
      const other = await call(portal.url, await readCookie(await openAs(role)));
      expect(other.status, role).toBe(404);
      expect(other.text).not.toContain("secretAccessKey");
    }
    expect(await askGateway(key.endpoint, key.signingRegion, key), "the key from before").toBe("accepted");
  });
}

async function readCookie(page: Page): Promise<string> {
  return (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
}
