import Link from "next/link";
import { MessagePage } from "@/components/layout/message-page";
import { Button } from "@/components/ui/button";

/** What a 404 says: of things that are not there and of things that are not the reader's, the same. */
export function NotHere() {
  return (
    <MessagePage mark="404" title="This page is not here">
      <p>
        The address may be mistyped, or the page belongs to a project or a role that is not yours. If someone sent you
        the link, ask them which project it is in, and an administrator to add you to it.
      </p>
      <div>
        <Button asChild look="primary">
          <Link href="/">Go to your start page</Link>
        </Button>
      </div>
    </MessagePage>
  );
}
