import { CredentialsPage } from "../fixtures/credentials-page";
import { test } from "../fixtures/test";
import { useToolsThroughEveryChange } from "./tools";

test("aws, s3cmd and rclone work with the key, through regenerate, disable and enable", async ({ openAs, portal }) => {
  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  await useToolsThroughEveryChange(credentials, "north");
});
