import { RotateCw } from "lucide-react";
import { ApiError } from "@/api/ApiError";
import { explain } from "@/api/explain";
import { Button } from "./Button";
import { Empty } from "./Empty";

/** Something could not be read: what, why, another try, and the request id to give to an operator. */
export function ErrorState({
  title,
  heading = "h2",
  error,
  onRetry,
  retrying = false,
}: {
  title: string;
  heading?: "h1" | "h2";
  error: unknown;
  onRetry?: () => void;
  retrying?: boolean;
}) {
  return (
    <Empty
      art="cut"
      title={title}
      heading={heading}
      actions={
        onRetry && (
          <Button icon={<RotateCw aria-hidden="true" />} onClick={onRetry} busy={retrying}>
            Try again
          </Button>
        )
      }
      foot={<ErrorFoot error={error} />}
    >
      {explain(error)}
    </Empty>
  );
}

function ErrorFoot({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || error.status === 0) return null;
  return (
    <>
      {error.status}
      {error.requestId && (
        <>
          {" · request "}
          <span className="code-12">{error.requestId}</span>
        </>
      )}
    </>
  );
}
