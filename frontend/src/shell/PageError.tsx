import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError } from "@/api/ApiError";
import { ErrorState } from "@/ui/ErrorState";

const TRY_AGAIN_MS = 5_000;

/** The page as a whole could not be shown. */
export function PageError(props: ErrorComponentProps) {
  return (
    <main className="flex min-h-dvh flex-1 bg-surface">
      <ScreenError {...props} />
    </main>
  );
}

/** One screen could not be shown; what is around it stays. When only the server is away it tries again by itself. */
export function ScreenError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const passing = error instanceof ApiError && error.isPassing;
  const retry = () => {
    reset();
    void router.invalidate();
  };
  useEffect(() => {
    if (!passing) return;
    const timer = setInterval(() => {
      reset();
      void router.invalidate();
    }, TRY_AGAIN_MS);
    return () => clearInterval(timer);
  }, [passing, reset, router]);

  return (
    <ErrorState
      title={passing ? "The yard can't be reached" : "This page could not be shown"}
      heading="h1"
      error={error}
      onRetry={retry}
    />
  );
}
