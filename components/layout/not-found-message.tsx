import Link from "next/link";
import { MessagePage } from "@/components/layout/message-page";
import { composeButtonClasses } from "@/components/ui/button-classes";
import { TextLink } from "@/components/ui/text-link";

/** The text of a 404. It is the same for pages that do not exist and for pages that the reader may not see. */
export function NotFoundMessage() {
  return (
    <MessagePage label="404" title="Page not found">
      <p>
        The address may be mistyped, or you may not see this page. If somebody sent you the link, ask them which project
        it belongs to, and ask an admin of that project to add you. <TextLink href="/help#no-keys">Help</TextLink> tells
        which role sees what.
      </p>
      <div>
        <Link className={composeButtonClasses({ look: "primary" })} href="/">
          Go to your start page
        </Link>
      </div>
    </MessagePage>
  );
}
