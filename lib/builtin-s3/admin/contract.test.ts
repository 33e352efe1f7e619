import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { ListBucketsCommand, PutObjectCommand, CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, randomPair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const ACCOUNT = "/regions/north/accounts/acme";
const key = (id: string, account = ACCOUNT) => `${account}/keys/${id}`;

describe("the admin API", () => {
  it("asks for its token on every route and says nothing without it", async () => {
    for (const authorization of [
      "",
      "Bearer wrong",
      `bearer ${server.config.adminTokenText}`,
      server.config.adminTokenText,
    ]) {
      for (const route of ["/v1/health", "/v1/regions/north", "/v1/nothing"]) {
        const response = await fetch(server.server.adminUrl + route, { headers: { authorization } });
        expect(response.status).toBe(401);
        expect(await response.json()).toMatchObject({ error: { code: "Unauthorized" } });
      }
    }
  });

  it("tells health and regions", async () => {
    expect(await server.admin("GET", "/health")).toEqual({ status: 200, body: { status: "ok" } });
    expect(await server.admin("GET", "/regions/north")).toMatchObject({
      status: 200,
      body: { name: "north", signingRegion: "north-1", time: expect.stringMatching(/Z$/) as unknown },
    });
    expect(await server.admin("GET", "/regions/east")).toMatchObject({
      status: 404,
      body: { error: { code: "NoSuchRegion" } },
    });
  });

  it("puts accounts again and again, and pages through them", async () => {
    for (let index = 0; index < 5; index += 1) {
      const route = `/regions/south/accounts/account-${index}`;
      const first = await server.admin("PUT", route, { displayName: "A" });
      expect(first.status).toBe(200);
      expect(await server.admin("PUT", route, { displayName: "A" })).toEqual(first);
    }
    const ids: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page = await server.admin("GET", `/regions/south/accounts?limit=2&cursor=${cursor}`);
      const body = page.body as { accounts: { id: string; displayName: string }[]; next?: string };
      expect(body.accounts.length).toBeLessThanOrEqual(2);
      ids.push(...body.accounts.map(({ id }) => id));
      cursor = body.next;
    }
    expect(ids).toEqual([0, 1, 2, 3, 4].map((index) => `account-${index}`));
  });

  it("makes, repeats, lists, changes and removes a key without ever telling its secret", async () => {
    const pair = randomPair();
    const body = { secretAccessKey: pair.secretAccessKey, tag: "m-1", notAfter: "2999-01-01T00:00:00.000Z" };
    expect(await server.admin("PUT", key(pair.accessKeyId), body)).toMatchObject({
      status: 404,
      body: { error: { code: "NoSuchAccount" } },
    });
    await server.admin("PUT", ACCOUNT, { displayName: "Acme" });
    expect(await server.admin("PUT", key(pair.accessKeyId), body)).toMatchObject({ status: 201 });
    expect(await server.admin("PUT", key(pair.accessKeyId), body)).toMatchObject({ status: 200 });
    const other = { secretAccessKey: randomPair().secretAccessKey };
    expect(await server.admin("PUT", key(pair.accessKeyId), other)).toMatchObject({
      status: 409,
      body: { error: { code: "KeyExists" } },
    });
    await server.admin("PUT", "/regions/north/accounts/other", { displayName: "Other" });
    expect(await server.admin("PUT", key(pair.accessKeyId, "/regions/north/accounts/other"), body)).toMatchObject({
      status: 409,
      body: { error: { code: "KeyExists" } },
    });

    await server.client(pair).send(new ListBucketsCommand({}));
    const listed = await server.admin("GET", `${ACCOUNT}/keys`);
    expect(listed.body).toMatchObject({
      keys: [
        {
          accessKeyId: pair.accessKeyId,
          state: "active",
          tag: "m-1",
          notAfter: "2999-01-01T00:00:00.000Z",
          lastUsed: {
            at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
            address: "127.0.0.1",
            userAgent: expect.stringContaining("aws-sdk-js/3") as unknown,
          },
        },
      ],
    });
    expect(JSON.stringify(listed)).not.toContain(pair.secretAccessKey);

    expect(await server.admin("PATCH", key(pair.accessKeyId), { state: "inactive", notAfter: null })).toMatchObject({
      status: 200,
      body: { state: "inactive" },
    });
    expect((await sendSigned(server.endpoint(), pair, { target: "/" })).code).toBe("InvalidAccessKeyId");
    const again = await server.admin("PATCH", key(pair.accessKeyId), { state: "active" });
    expect(again.body).not.toHaveProperty("notAfter");
    expect((await sendSigned(server.endpoint(), pair, { target: "/" })).status).toBe(200);
    await server.admin("PATCH", key(pair.accessKeyId), { notAfter: "2020-01-01T00:00:00Z" });
    expect((await sendSigned(server.endpoint(), pair, { target: "/" })).code).toBe("InvalidAccessKeyId");

    expect(await server.admin("DELETE", key(pair.accessKeyId))).toEqual({ status: 204, body: undefined });
    expect(await server.admin("DELETE", key(pair.accessKeyId))).toMatchObject({
      status: 404,
      body: { error: { code: "NoSuchKey" } },
    });
    expect(await server.admin("PATCH", key(pair.accessKeyId), { state: "active" })).toMatchObject({
      status: 404,
      body: { error: { code: "NoSuchKey" } },
    });
  });

  it("keeps what a key may do, and takes the same id with another access for another key", async () => {
    const [reader, writer] = [randomPair(), randomPair()];
    const account = "/regions/north/accounts/levels";
    await server.admin("PUT", account, { displayName: "Levels" });
    const put = (pair: Pair, access?: string) =>
      server.admin("PUT", key(pair.accessKeyId, account), { secretAccessKey: pair.secretAccessKey, access });
    expect(await put(reader, "read-only")).toMatchObject({ status: 201, body: { access: "read-only" } });
    expect(await put(reader, "read-only")).toMatchObject({ status: 200, body: { access: "read-only" } });
    expect(await put(writer)).toMatchObject({ status: 201, body: { access: "full" } });
    expect(await put(writer, "full")).toMatchObject({ status: 200 });
    const exists = { status: 409, body: { error: { code: "KeyExists" } } };
    for (const access of ["full", undefined]) expect(await put(reader, access)).toMatchObject(exists);
    expect(await put(writer, "read-only")).toMatchObject(exists);
    await server.admin("PATCH", key(reader.accessKeyId, account), { state: "inactive" });
    await server.restart();
    expect((await server.admin("GET", `${account}/keys`)).body).toMatchObject({
      keys: [
        { accessKeyId: reader.accessKeyId, access: "read-only" },
        { accessKeyId: writer.accessKeyId, access: "full" },
      ],
    });
  });

  it("refuses what is malformed and repeats nothing of it", async () => {
    const secret = "sekret-with-a-dash-sekret-with-a-dash-xx";
    const good = randomPair();
    const cases: [string, string, unknown][] = [
      ["PUT", key(good.accessKeyId), { secretAccessKey: secret }],
      ["PUT", key(good.accessKeyId), { secretAccessKey: good.secretAccessKey, extra: secret }],
      ["PUT", key(good.accessKeyId), { secretAccessKey: good.secretAccessKey, notAfter: "tomorrow" }],
      ["PUT", key(good.accessKeyId), { secretAccessKey: good.secretAccessKey, access: "write" }],
      ["PUT", key("lowercase0123456789"), { secretAccessKey: good.secretAccessKey }],
      ["PUT", key("A".repeat(33)), { secretAccessKey: good.secretAccessKey }],
      ["PUT", "/regions/north/accounts/..%2Fx", { displayName: "x" }],
      ["PUT", "/regions/north/accounts/x", { displayName: "" }],
      ["PUT", "/regions/north/accounts/x", undefined],
      ["PATCH", key(good.accessKeyId), {}],
      ["PATCH", key(good.accessKeyId), { state: "gone" }],
      ["GET", "/regions/north/accounts?limit=0", undefined],
      ["GET", "/regions/north/accounts?offset=1", undefined],
    ];
    for (const [method, route, body] of cases) {
      const answer = await server.admin(method, route, body);
      expect(answer, route).toMatchObject({ status: 400, body: { error: { code: "InvalidInput" } } });
      expect(JSON.stringify(answer.body)).not.toMatch(/sekret/);
    }
    expect((await server.admin("PUT", "/regions/north/accounts/x", { displayName: "x".repeat(20_000) })).status).toBe(
      413,
    );
    expect((await server.admin("DELETE", "/regions/north/accounts/acme")).status).toBe(405);
    expect((await server.admin("GET", "/regions/north/accounts/nobody/keys")).body).toMatchObject({
      error: { code: "NoSuchAccount" },
    });
  });

  it("counts what an account holds", async () => {
    const pair = await server.addKey("counted");
    const client = server.client(pair);
    await client.send(new CreateBucketCommand({ Bucket: "counted-1" }));
    for (const Key of ["a", "b", "a"])
      await client.send(new PutObjectCommand({ Bucket: "counted-1", Key, Body: "12345" }));
    expect((await server.admin("GET", "/regions/north/accounts/counted/usage")).body).toMatchObject({
      buckets: 1,
      objects: 2,
      bytes: 10,
    });
    expect((await server.admin("GET", "/regions/north/accounts/counted/buckets")).body).toMatchObject({
      buckets: [{ name: "counted-1", objects: 2, bytes: 10 }],
    });
  });

  it("keeps keys and their states over a restart, sealed on the disk", async () => {
    const [kept, removed] = [await server.addKey("restart"), await server.addKey("restart")];
    await server.admin("PATCH", key(kept.accessKeyId, "/regions/north/accounts/restart"), { state: "inactive" });
    await server.admin("DELETE", key(removed.accessKeyId, "/regions/north/accounts/restart"));
    await server.restart();
    expect((await server.admin("GET", "/regions/north/accounts/restart/keys")).body).toMatchObject({
      keys: [{ accessKeyId: kept.accessKeyId, state: "inactive" }],
    });
    await server.admin("PATCH", key(kept.accessKeyId, "/regions/north/accounts/restart"), { state: "active" });
    expect((await sendSigned(server.endpoint(), kept, { target: "/" })).status).toBe(200);
    expect((await sendSigned(server.endpoint(), removed, { target: "/" })).code).toBe("InvalidAccessKeyId");
    const folder = path.join(server.dataDir, "s3", "north");
    for (const name of (await readdir(folder)).filter((file) => file.endsWith(".log"))) {
      expect(await readFile(path.join(folder, name), "utf8")).not.toContain(kept.secretAccessKey);
    }
  });
});
