import { Notice } from "@/components/ui/notice";

/** Why a form was not accepted, where no single field is wrong. Shows nothing without a message. */
export function FormError({ message }: { message: string | undefined }) {
  if (!message) return null;
  return (
    <Notice look="danger" role="alert">
      {message}
    </Notice>
  );
}
