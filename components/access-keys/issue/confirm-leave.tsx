import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

interface ConfirmLeaveProps {
  /** What is shown only once. */
  what?: string;
  onStay: () => void;
  onLeave: () => void;
}

/** Asks whether to leave the page while the secret is shown. It takes the focus. */
export function ConfirmLeave({ what = "secret key", onStay, onLeave }: ConfirmLeaveProps) {
  const stay = useRef<HTMLButtonElement>(null);

  useEffect(() => stay.current?.focus(), []);

  return (
    <Notice look="danger" role="alert">
      <p className="font-medium">You are about to leave. The {what} cannot be shown again.</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button ref={stay} size="sm" onClick={onStay}>
          Stay
        </Button>
        <Button size="sm" look="quietDanger" onClick={onLeave}>
          Leave without the {what}
        </Button>
      </div>
    </Notice>
  );
}
