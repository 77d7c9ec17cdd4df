import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError } from "@/api/ApiError";
import { ErrorState } from "@/ui/ErrorState";

const TRY_AGAIN_MS = 5_000;

/** A screen that could not be shown. When only the server is away it tries again by itself. */
export function PageError({ error, reset }: ErrorComponentProps) {
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
    <main className="flex min-h-dvh flex-1 bg-surface">
      <ErrorState
        title={passing ? "The yard can't be reached" : "This page could not be shown"}
        error={error}
        onRetry={retry}
      />
    </main>
  );
}
